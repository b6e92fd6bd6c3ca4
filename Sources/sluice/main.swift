import Glibc

// A peer that is gone must be an error of a write, not the end of the process.
signal(SIGPIPE, SIG_IGN)
exit(Program.run(Array(CommandLine.arguments.dropFirst())))
