import Glibc

let code = Program.run().rawValue
// A build that measures coverage writes what was reached when exit() runs its handlers.
if getenv("LLVM_PROFILE_FILE") != nil { exit(code) }
// Otherwise not exit(): its handlers take apart what libraries hold, OpenSSL's state among it, while threads that use it may
// still be ending. A process whose work was done then died of a signal now and then. All output is with the kernel by
// now, as none of it goes through stdio.
_exit(code)
