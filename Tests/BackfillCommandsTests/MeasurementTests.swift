import Testing

@testable import BackfillCommands

@Suite("What was measured") struct MeasurementTests {
  private func rates(_ values: [Double]) -> [Measurement.Rate] {
    zip([1, 2, 4, 8], values).map { Measurement.Rate(sessions: $0, bytesPerSecond: $1) }
  }

  private func measurement(_ reading: [Double], _ writing: [Double]?) -> Measurement {
    Measurement(
      sourceRoundTrip: .zero, targetRoundTrip: .zero, reading: rates(reading), writing: writing.map(rates),
      bytes: 1000)
  }

  @Test("suggests as many sessions as the slower side has use for") func best() {
    #expect(measurement([100, 190, 350], [400, 500, 520]).best == .init(sessions: 4, bytesPerSecond: 350))
    #expect(measurement([100, 190, 350], [90, 95]).best == .init(sessions: 1, bytesPerSecond: 90))
    #expect(measurement([100, 190, 200], nil).best == .init(sessions: 2, bytesPerSecond: 190))
    #expect(measurement([], [100]).best == nil)
  }

  @Test("tells how long copying takes with them") func duration() {
    #expect(measurement([100, 190, 350], [400, 500, 50]).duration == .seconds(1000.0 / 190))
    #expect(measurement([], nil).duration == nil)
  }
}
