import Glibc

let code = Program.run().rawValue
// Not exit(): its handlers take apart what libraries hold, OpenSSL's state among it, while threads that use it may still be
// ending. A process whose work was done then died of a signal now and then. All output is with the kernel by now, as none
// of it goes through stdio. A build that measures coverage writes what was reached in such a handler: it runs in a child,
// which has no other threads. Swift hides fork().
if getenv("LLVM_PROFILE_FILE") != nil, let symbol = dlsym(nil, "fork") {
  let child = unsafeBitCast(symbol, to: (@convention(c) () -> pid_t).self)()
  if child == 0 {
    // In case that another thread held a lock that the handlers want.
    alarm(10)
    exit(code)
  }
  waitpid(child, nil, 0)
}
_exit(code)
