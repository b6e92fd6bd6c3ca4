import Glibc

// A peer that is gone must be an error of a write, not the end of the process.
signal(SIGPIPE, SIG_IGN)
// Each device is a descriptor: all that the system allows.
var descriptors = rlimit()
if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &descriptors) == 0 {
  descriptors.rlim_cur = descriptors.rlim_max
  setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &descriptors)
}
exit(Program.run(Array(CommandLine.arguments.dropFirst())))
