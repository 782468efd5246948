extension ManualPage {
  static let crashes = ManualPage(
    topic: "crashes", title: "If the program itself crashes",
    text: #"""
      A crash loses nothing: the chunks in progress roll back, and the next copy
      continues. To report one, send the output of timescaledb-backfill --version
      --verbose, and what the program said last. A backtrace tells more.

      With gdb, from a core dump (ulimit -c unlimited before the run, or coredumpctl
      dump where systemd keeps them):

          gdb -batch -ex 'thread apply all backtrace' \
            "$(command -v timescaledb-backfill)" core

      It shows addresses instead of names unless it finds the symbols, which are a
      package of their own, built with the program:

          gunzip timescaledb-backfill-VERSION-x86_64-linux.debug.gz
          gdb -batch -ex 'thread apply all backtrace' \
            -s timescaledb-backfill-VERSION-x86_64-linux.debug \
            -e "$(command -v timescaledb-backfill)" -c core

      swift demangle, of a Swift toolchain, makes names readable. A core dump holds
      passwords and rows: do not publish it.

      With a Swift toolchain on the machine, the program prints a backtrace by itself,
      of which the symbols tell the addresses:

          export SWIFT_BACKTRACE=enable=yes,color=no
          export SWIFT_ROOT=/opt/swift/usr      # where the toolchain is
          timescaledb-backfill copy
      """#)
}
