import ChunkCatalog
import Postgres
import Testing

@testable import BackfillCommands
@testable import backfill

@Suite("The throughput of a run") struct ThroughputChartTests {
  private func task(_ priority: Int64, from: Double, to: Double, bytes: Int64, backend: Int64?)
    -> ReportedTask
  {
    var task = ReportExample.task(priority)
    task.facts.copied = .init(
      began: ReportExample.ago(from), ended: ReportExample.ago(to), run: "one", backend: backend)
    task.facts.bytes = bytes
    return task
  }

  private let run = ReportExample.run(1, "copy", from: 160, to: 0)

  @Test("adds up to the bytes of its tasks") func sum() throws {
    let tasks = [
      task(1, from: 160, to: 80, bytes: 8_000_000, backend: 1),
      task(2, from: 100, to: 99.9, bytes: 5_000, backend: 2),
      task(3, from: 10, to: 10, bytes: 77, backend: 2),
    ]
    let chart = try #require(ThroughputChart(run, tasks))
    let duration: Double = chart.duration / .seconds(1)
    let seconds = duration / Double(ThroughputChart.parts)
    let sum = chart.rates.reduce(0) { $0 + $1 * seconds }
    #expect(abs(sum - 8_005_077) < 1)
    #expect(abs(chart.rates[0] - 100_000) < 1)
    #expect(chart.rates.last == 0)
    #expect(chart.workers.map(\.backend) == [1, 2])
    #expect(chart.workers.map(\.spans.count) == [1, 2])
  }

  @Test("counts only what the run has done") func own() throws {
    var other = task(2, from: 50, to: 40, bytes: 100, backend: 1)
    other.copiedBy = 3
    let chart = try #require(ThroughputChart(run, [task(1, from: 20, to: 10, bytes: 7, backend: 1), other]))
    #expect(chart.tasks == 1)
    #expect(ThroughputChart(ReportExample.run(9, "copy", from: 10, to: 0), [other]) == nil)
  }

  @Test("lays tasks side by side where nobody knows who did them") func unknown() throws {
    let tasks = (0..<6).map { task($0, from: 100 - Double($0), to: 90 - Double($0), bytes: 1, backend: nil) }
    let chart = try #require(
      ThroughputChart(run, tasks + [task(9, from: 50, to: 40, bytes: 1, backend: nil)]))
    #expect(chart.workers.map(\.spans.count) == [2, 1, 1, 1, 1, 1])
  }

  @Test("has no more bars than can be told apart") func bars() throws {
    let tasks = (0..<10_000).map {
      task($0, from: 160 - Double($0) * 0.016, to: 160 - Double($0) * 0.016 - 0.016, bytes: 1, backend: 1)
    }
    let chart = try #require(ThroughputChart(run, tasks))
    let path = ThroughputChart.bars(try #require(chart.workers.first), y: 0, height: 7)
    #expect(path.text.filter { $0 == "M" }.count < 400)
  }

  @Test("ends with a round number") func round() {
    #expect(
      [0, 0.3, 1, 1.1, 3, 5.1, 999, 12_000_000].map(Quantity.round) == [
        1, 0.5, 1, 2, 5, 10, 1000, 20_000_000,
      ])
  }
}
