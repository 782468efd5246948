import Postgres
import Testing

@testable import BackfillCommands
@testable import backfill

@Suite("The live lines")
struct ProgressBoardTests {
  /// A board that has seen `events`, one second after the other.
  private func board(_ events: [Event]) -> ProgressBoard {
    var board = ProgressBoard(activity: "Copying")
    for (second, event) in events.enumerated() { board.take(event, at: .seconds(second)) }
    return board
  }

  private func lines(_ events: [Event], at seconds: Int, columns: Int = 100, rows: Int = 24) -> [String] {
    var board = board(events)
    return board.lines(at: .seconds(seconds), columns: columns, rows: rows)
  }

  @Test("are none before there is a plan")
  func empty() { #expect(lines([.note(.unexpected("hello"))], at: 3) == []) }

  @Test("show each worker's chunk and the whole")
  func workers() {
    let events: [Event] = [
      .planned(Workload(tasks: 12)), .began(worker: 1, StartedChunk(chunk: Sample.chunk("b"))),
      .began(worker: 0, StartedChunk(chunk: Sample.chunk("a"))), .moved(worker: 1, bytes: 1_500_000),
    ]
    #expect(
      lines(events, at: 5) == [
        "  looking at the chunk        3s  a", "  looking at the chunk        4s  b",
        "Copying 0/12 chunks [>                                       ] 0 %, 1.5 MB, 5s so far",
      ])
  }

  @Test("count a finished chunk's bytes once, and estimate the rest after the third")
  func finished() {
    var events: [Event] = [
      .planned(Workload(tasks: 12)), .began(worker: 0, StartedChunk(chunk: Sample.chunk())),
      .moved(worker: 0, bytes: 999),
      .finished(Sample.finished(1, bytes: 1_000_000)),
    ]
    #expect(
      lines(events, at: 8) == [
        "Copying 1/12 chunks [===>                                    ] 8 %, 1.0 MB, 8s so far"
      ])
    events += [.failed(Sample.failed(2)), .finished(Sample.finished(3, outcome: .differs, bytes: 0))]
    #expect(
      lines(events, at: 8) == [
        "Copying 3/12 chunks [===>                 ] 16 %, 1.0 MB, 8s so far, 24s left, 1 failed, 1 differ"
      ])
  }

  @Test("count by bytes where they are known, with what earlier runs did")
  func bytes() {
    let megabyte: Int64 = 1_000_000
    let place = ChunkPlace(
      hypertable: QualifiedName("public", "readings"),
      from: .time(Timestamp(microseconds: 1_704_067_200_000_000)),
      to: .date(Timestamp(microseconds: 1_704_153_600_000_000)))
    var done = Sample.finished(1, of: 3, bytes: 50 * megabyte)
    done.expectedBytes = 100 * megabyte
    let events: [Event] = [
      .planned(Workload(tasks: 3, tasksBefore: 10, bytes: 200 * megabyte, bytesBefore: 200 * megabyte)),
      .finished(done),
      .began(
        worker: 0,
        StartedChunk(
          chunk: Sample.chunk("b"), part: .init(number: 1, count: 2), place: place,
          expectedBytes: 40 * megabyte)),
      .phase(worker: 0, .copying),
      .moved(worker: 0, bytes: 10_000_000),
    ]
    // The finished chunk took half as many bytes as in files, so 10 MB are 20 of the 40: 320 of 400 in all.
    let drawn = lines(events, at: 12)
    #expect(
      drawn.first
        == "  copying 50 %               10s  b  part 1 of 2  public.readings 2024-01-01 to 2024-01-02")
    #expect(
      drawn.last
        == "Copying 11/13 chunks [================>    ] 80 %, 60.0 MB of about 100.0 MB, 12s so far, 8s left"
    )
  }

  @Test("begin anew when a worker begins the same chunk again")
  func retry() {
    let events: [Event] = [
      .planned(Workload(tasks: 1)), .began(worker: 0, StartedChunk(chunk: Sample.chunk("a"))),
      .moved(worker: 0, bytes: 999),
      .began(worker: 0, StartedChunk(chunk: Sample.chunk("a"))), .moved(worker: 0, bytes: 5),
    ]
    #expect(lines(events, at: 5).last?.contains(" 0 %, 5 B, 5s so far") == true)
  }

  @Test("never outgrow the terminal, in either direction", arguments: [1, 2, 3, 5, 40], [1, 3, 10, 40, 200])
  func bounds(rows: Int, columns: Int) {
    let events =
      [Event.planned(Workload(tasks: 300))]
      + (0..<255).map { .began(worker: $0, StartedChunk(chunk: Sample.chunk("温度"))) }
    let drawn = lines(events, at: 300, columns: columns, rows: rows)
    #expect(drawn.count <= max(1, rows - 1))
    #expect(drawn.allSatisfy { $0.count < max(2, columns) })
  }

  @Test("show the rate of the last seconds, not of the whole run")
  func rate() {
    var window = RateWindow()
    window.add(0, at: .seconds(0))
    #expect(window.rate == nil)
    window.add(1_000_000_000, at: .seconds(10))
    #expect(window.rate == "100.0 MB/s")
    for second in 11...30 { window.add(1_000_000_000 + Int64(second - 10) * 1000, at: .seconds(second)) }
    #expect(window.rate == "1.0 kB/s")
  }
}
