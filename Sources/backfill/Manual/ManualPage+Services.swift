extension ManualPage {
  static let services = ManualPage(
    topic: "services", title: "As a service of systemd",
    text: #"""
      A unit outlives the terminal and, with lingering, the login. This one starts
      copy again 30 seconds after it failed, until it was started 10 times within 2
      hours:

          loginctl enable-linger
          systemctl --user import-environment BACKFILL_SOURCE BACKFILL_TARGET
          systemd-run --user --unit=backfill \
            -p Restart=on-failure -p RestartSec=30 \
            -p StartLimitIntervalSec=2h -p StartLimitBurst=10 \
            -p SuccessExitStatus=130 -p RestartPreventExitStatus='2 3' \
            -p TimeoutStopSec=15min \
            timescaledb-backfill copy

          journalctl --user -f -u backfill    # what it says
          systemctl --user stop backfill      # finishes the chunks in progress
          timescaledb-backfill status         # how far it is

      If it has failed for good, systemctl --user reset-failed backfill makes the name
      free for another start.

      Why these settings:

        Restart=on-failure
            Exit code 1, a crash, or a kill: chunks have failed, or a server was away
            for longer than --retry-budget. copy continues with what is left, so
            starting it again is safe, however it ended.
        SuccessExitStatus=130
            A run that was stopped has not failed: it is not started again, and the
            unit's name is free for the next.
        RestartPreventExitStatus='2 3'
            A usage error, and a difference that verify has found, stay as they are.
        TimeoutStopSec=15min
            stop sends SIGTERM, and the chunks in progress are finished. After this
            time they are killed, which rolls them back. Without it, systemd waits for
            90 seconds.

      The user's other units and root can see the variables (systemctl --user
      show-environment). To keep passwords out of them, put these into ~/.pgpass.

      As root, leave out --user and the first two lines. Put the variables into a file
      that only root can read, as lines such as BACKFILL_SOURCE=host=old.example.com,
      and add -p EnvironmentFile=FILE and -p User=NAME.

      verify and refresh-caggs can be run in the same way. All three may be started
      again at any time.
      """#)
}
