extension ManualPage {
  static let crashes = ManualPage(
    topic: "crashes", title: "If the program itself crashes",
    text: #"""
      A crash loses nothing: the chunks in progress roll back, and the next copy
      continues. To report one, send the output of timescaledb-backfill --version
      --verbose, and what the program said last. A backtrace tells more:

      With a Swift toolchain on the machine, the program prints one by itself:

          export SWIFT_BACKTRACE=enable=yes,color=no
          export SWIFT_ROOT=/opt/swift/usr      # where the toolchain is
          timescaledb-backfill copy

      With gdb, from a core dump (coredumpctl dump, or ulimit -c unlimited):

          gdb -batch -ex 'thread apply all backtrace' \
            "$(command -v timescaledb-backfill)" core

      Both show addresses instead of names unless they find the symbols, which are a
      package of their own, built with the program:

          gunzip timescaledb-backfill-VERSION-x86_64-linux.debug.gz
          gdb -batch -ex 'thread apply all backtrace' \
            -s timescaledb-backfill-VERSION-x86_64-linux.debug \
            -e "$(command -v timescaledb-backfill)" -c core

      Or for single addresses, as a backtrace without symbols or the kernel's log
      shows them:

          addr2line -Cfie timescaledb-backfill-VERSION-x86_64-linux.debug 0x5f3a10

      swift demangle, of the toolchain, makes names readable. A core dump holds
      passwords and rows: do not publish it.
      """#)
}
