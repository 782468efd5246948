import ChunkCatalog
import Postgres
import Testing

@testable import BackfillCommands
@testable import backfill

@Suite("A hypertable's time axis") struct TimeAxisTests {
  private static let day = ReportExample.day
  /// 2024-01-01
  private static let year2024: Int64 = 1_704_067_200_000_000

  private func axis(_ spans: [(Int64, Int64)], isTimed: Bool = true) -> TimeAxis {
    TimeAxis(
      ReportExample.hypertable(
        spans.enumerated().map { ReportExample.task(Int64($0), lower: $1.0, upper: $1.1) }, isTimed: isTimed))
  }

  private func days(_ count: Int64, from start: Int64 = year2024) -> [(Int64, Int64)] {
    (0..<count).map { (start + $0 * Self.day, start + ($0 + 1) * Self.day) }
  }

  @Test("is one line where all tasks can be told apart") func oneLine() throws {
    let axis = axis(days(60))
    #expect(axis.lines.count == 1 && axis.period == nil && axis.lanes == 1)
    #expect(axis.marks.map(\.task) == Array(0..<60))
    let last = try #require(axis.marks.last?.pieces.first)
    #expect(abs(last.lower - 59.0 / 60) < 1e-9 && last.upper == 1)
    #expect(axis.ticks.map(\.label) == ["2024-01", "2024-02"])
  }

  @Test("is broken into years, without those that have no task") func years() {
    let axis = axis(days(10, from: Self.year2024 - 4 * 365 * Self.day) + days(700))
    #expect(axis.period == .months(12))
    #expect(axis.lines.map(\.label) == ["2020", "2024", "2025"])
    #expect(axis.lines.map(\.followsGap) == [false, true, false])
    #expect(axis.ticks.map(\.label).first == "Jan" && axis.ticks.count == 12)
  }

  @Test("has hours of weeks, and minutes of hours, on lines of their own") func shorter() {
    let hour: Int64 = 3_600_000_000
    let hours = (0..<1000).map { (Self.year2024 + $0 * hour, Self.year2024 + ($0 + 1) * hour) }
    #expect(axis(hours).period == .week)
    #expect(axis(hours).lines.first?.label == "2024-01-01")
    let minutes = (0..<1000).map {
      (Self.year2024 + $0 * hour / 60, Self.year2024 + ($0 + 1) * hour / 60)
    }
    #expect(axis(minutes).period == .seconds(21_600))
    #expect(axis(minutes).lines.map(\.label) == ["2024-01-01 00:00", "2024-01-01 06:00", "2024-01-01 12:00"])
  }

  @Test("cuts what reaches over the end of a line") func cut() {
    let week = 7 * Self.day
    let axis = axis((0..<500).map { (Self.year2024 + $0 * week, Self.year2024 + ($0 + 1) * week) })
    #expect(axis.period != nil)
    let cut = axis.marks.filter { $0.pieces.count > 1 }
    #expect(!cut.isEmpty)
    for mark in axis.marks {
      let width = mark.pieces.reduce(0) { $0 + $1.upper - $1.lower } * (axis.period?.length ?? 0)
      #expect(abs(width - Double(week)) < Double(Self.day) / 1000)
      #expect(mark.pieces.allSatisfy { $0.lower >= 0 && $0.upper <= 1 && $0.lower < $0.upper })
    }
  }

  @Test("lays tasks of the same time side by side") func lanes() {
    let axis = axis(days(5) + days(5) + days(5))
    #expect(axis.lanes == 3)
    let places = axis.marks.map { "\($0.lane) \($0.pieces)" }
    #expect(Set(places).count == 15)
  }

  @Test("has numbers, of any sign and size") func numbers() {
    let few = axis((-5..<5).map { ($0 * 1000, ($0 + 1) * 1000) }, isTimed: false)
    #expect(few.lines.count == 1)
    #expect(few.ticks.map(\.label) == ["-4,000", "-2,000", "0", "2,000", "4,000"])
    let many = axis((0..<2000).map { ($0 * 1000, ($0 + 1) * 1000) }, isTimed: false)
    #expect(many.period == .numbers(200_000))
    #expect(many.lines.map(\.label).prefix(3) == ["0", "200,000", "400,000"])
    let (least, most) = (Int64.min, Int64.max)
    let extreme = axis([(least + 1, least + 10), (most - 10, most - 1)], isTimed: false)
    #expect(extreme.marks.count == 2)
    #expect(extreme.marks.flatMap(\.pieces).allSatisfy { (0...1).contains($0.lower) && $0.upper <= 1.0001 })
  }

  @Test("doesn't place what has no time, and counts it") func unplaced() {
    var task = ReportExample.task(1)
    task.time = nil
    #expect(TimeAxis(ReportExample.hypertable([task])).unplaced == 1)
    #expect(TimeAxis(ReportExample.hypertable([task])).lines.isEmpty)
  }

  @Test("goes by the calendar") func calendar() {
    for days in stride(from: Int64(-800_000), through: 800_000, by: 997) {
      let date = CivilDate(days: days)
      #expect(date.days == days)
      let text = Timestamp(microseconds: days * Self.day).date
      let parts = text.split(separator: "-", omittingEmptySubsequences: true).compactMap { Int64($0) }
      #expect([abs(date.year), date.month, date.day] == parts, "\(text)")
    }
    for period in Period.ofTime {
      let start = period.start(of: Self.year2024 + 12_345_678_901)
      let next = start.flatMap { period.next(after: $0) }
      #expect(start != nil && next != nil)
      if let start, let next {
        #expect(start <= Self.year2024 + 12_345_678_901 && next > Self.year2024 + 12_345_678_901)
        #expect(period.start(of: next - 1) == start && period.start(of: next) == next)
        #expect(Double(next - start) <= period.length)
      }
    }
  }
}
