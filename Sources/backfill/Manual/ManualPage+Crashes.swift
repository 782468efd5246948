extension ManualPage {
  static let crashes = ManualPage(
    topic: "crashes", title: "If the program itself crashes",
    text: #"""
      A crash loses nothing: the chunks in progress roll back, and the next copy
      continues. To report one, send the output of timescaledb-backfill --version
      --verbose, and what the program said last. A backtrace tells more.

      Symbols are a package of their own, built with the program. Debuggers look for
      them in a place that the commit names, which --version --verbose prints. As
      root:

          C=$(timescaledb-backfill --version --verbose | sed -n 's/^commit *//p')
          mkdir -p /usr/lib/debug/.build-id/${C:0:2}
          gunzip <timescaledb-backfill-VERSION-x86_64-linux.debug.gz \
            >/usr/lib/debug/.build-id/${C:0:2}/${C:2}.debug

      (gdb -iex 'set debug-file-directory DIR' takes another place than
      /usr/lib/debug.) Without them, a backtrace shows addresses instead of names.

      With gdb, from a core dump (ulimit -c unlimited before the run, or coredumpctl
      dump where systemd keeps them):

          gdb -batch -ex 'thread apply all backtrace' \
            "$(command -v timescaledb-backfill)" core

      With a Swift toolchain on the machine, the program prints one by itself:

          export SWIFT_BACKTRACE=enable=yes,color=no
          export SWIFT_ROOT=/opt/swift/usr      # where the toolchain is
          timescaledb-backfill copy

      swift demangle, of the toolchain, makes gdb's names readable. A core dump holds
      passwords and rows: do not publish it.
      """#)
}
