import Glibc

// First of all: until here a signal has the system's effect.
SignalDispositions.protect()
StandardStreams.open()
// Each device is a descriptor: all that the system allows.
var descriptors = rlimit()
if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &descriptors) == 0 {
  descriptors.rlim_cur = descriptors.rlim_max
  setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &descriptors)
}
exit(Program.run(Array(CommandLine.arguments.dropFirst())))
