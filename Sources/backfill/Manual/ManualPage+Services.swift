extension ManualPage {
  static let services = ManualPage(
    topic: "services", title: "As a service of systemd",
    text: #"""
      A unit outlives the terminal and, with lingering, the login. This one starts
      copy again 30 seconds after it failed, at most 10 times in 2 hours:

          loginctl enable-linger
          systemd-run --user --unit=backfill \
            --setenv=BACKFILL_SOURCE --setenv=BACKFILL_TARGET \
            -p Restart=on-failure -p RestartSec=30 \
            -p StartLimitIntervalSec=2h -p StartLimitBurst=10 \
            -p RestartPreventExitStatus='2 3 130' -p TimeoutStopSec=15min \
            timescaledb-backfill copy

          journalctl --user -f -u backfill    # what it says
          systemctl --user stop backfill      # finishes the chunks in progress
          timescaledb-backfill status         # how far it is

      As root, leave out --user and the first line, and add -p User=NAME.

      Why these settings:

        Restart=on-failure
            Exit code 1: chunks have failed, or a server was away for longer than
            --retry-budget. copy continues with what is left, so starting it again is
            safe, however it ended.
        RestartPreventExitStatus='2 3 130'
            A usage error, a difference that verify has found, and a run that was
            stopped stay as they are.
        TimeoutStopSec=15min
            stop sends SIGTERM, and the chunks in progress are finished. After this
            time they are killed, which rolls them back. Without it, systemd waits for
            90 seconds.

      systemctl --user show backfill -p Environment shows the variables to the same
      user and to root. To keep passwords out of them, put them into ~/.pgpass.

      verify and refresh-caggs can be run in the same way. All three may be started
      again at any time.
      """#)
}
