extension ManualPage {
  static let differences = ManualPage(
    topic: "differences", title: "Differences from Timescale's tool",
    text: #"""
      Scripts written for that tool run unchanged. The differences are:

      - TimescaleDB 2.14 to 2.31 is supported, instead of up to 2.22. Compressed
        chunks are copied in compressed form, whatever their state.
      - A chunk that is copied twice is not doubled.
      - A failing chunk does not end the run, and lost connections are restored. A
        run can be tuned while it is in progress.
      - verify compares checksums over every value, and exits with 3 if chunks differ,
        instead of 0.
      - Certificates are checked as libpq's sslmode says; the other tool accepts any.
      - The source may be a standby.
      - --disable-telemetry is accepted and has no effect: there is no telemetry.

      A queue staged by that tool can be continued; see queue.
      """#)
}
