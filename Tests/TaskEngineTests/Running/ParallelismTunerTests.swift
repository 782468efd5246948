import Testing
import Waiting

@testable import TaskEngine

@Suite("--parallelism auto") struct ParallelismTunerTests {
  /// The numbers of workers, step by step, on servers that give this throughput and latency for each.
  private func course(
    first: Int = 2, limit: Int = 64, steps: Int, latency: (Int) -> Double? = { _ in nil },
    throughput: (Int) -> Double
  ) -> [Int] {
    var tuner = ParallelismTuner(first: first, limit: limit)
    var course = [tuner.workers]
    for _ in 0..<steps {
      let workers = tuner.workers
      course.append(
        tuner.step(.init(throughput: throughput(workers), sourceLatency: latency(workers))))
    }
    return course
  }

  @Test("climbs while throughput rises, to the limit") func climbs() {
    let course = course(limit: 20, steps: 40) { Double($0) }
    #expect(zip(course, course.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(course.last == 20)
  }

  @Test("stays near the number from which on throughput is the same", arguments: [3, 6, 12])
  func plateau(enough: Int) {
    let course = course(steps: 200) { Double(min($0, enough)) }
    // It looks one step further now and then, and takes that back.
    #expect(course.suffix(100).allSatisfy { abs($0 - enough) <= max(1, enough / 2) }, "\(course)")
    #expect(course.suffix(100).contains(enough), "\(course)")
  }

  @Test("doesn't climb when more workers make it slower") func slower() {
    let course = course(first: 4, steps: 100) { 100 / Double($0) }
    #expect(course.suffix(50).allSatisfy { $0 <= 5 }, "\(course)")
  }

  @Test("backs off when the source answers slowly") func latency() {
    let course = course(
      first: 2, steps: 100, latency: { $0 > 8 ? 0.4 : 0.01 }, throughput: { Double($0) })
    #expect(course.max() ?? 0 <= 12, "\(course)")
    #expect(course.suffix(50).contains { $0 <= 8 }, "\(course)")
  }

  @Test("always leaves a worker") func one() {
    #expect(course(first: 1, steps: 50, latency: { _ in 5 }) { _ in 0 }.allSatisfy { $0 >= 1 })
  }
}

@Suite("--max-rate") struct ThrottleTests {
  @Test("lets through what the rate allows, whatever the pieces") func rate() {
    let start = ContinuousClock.now
    for piece in [100, 1000, 65_536] {
      let throttle = Throttle(bytesPerSecond: 1_000_000)
      var now = start
      for _ in 0..<(2_000_000 / piece) { now += throttle.delay(after: piece, now: now) }
      let seconds = (now - start) / .seconds(1)
      #expect(abs(seconds - 2) < 0.2, "\(piece) bytes at a time: \(seconds) s")
    }
  }

  @Test("what the source only read is waited for later") func read() throws {
    let control = RunControl(interrupt: Interrupt(), parallelism: 1, maxRate: 1_000_000)
    control.notePace(after: 5_000_000)
    let throttle = try #require(control.throttle)
    #expect(throttle.delay(after: 0, now: .now) > .seconds(4))
  }

  @Test("a quiet time earns no haste") func quiet() {
    let throttle = Throttle(bytesPerSecond: 1_000_000)
    let later = ContinuousClock.now + .seconds(60)
    _ = throttle.delay(after: 1, now: later)
    #expect(throttle.delay(after: 1_000_000, now: later) > .milliseconds(800))
  }
}
