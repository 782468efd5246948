import Postgres
import Testing
import Waiting

@testable import TaskEngine

@Suite("The retry policy") struct RetryPolicyTests {
  private let policy = RetryPolicy(budget: .seconds(60), base: .milliseconds(100), cap: .seconds(10))
  private let start = ContinuousClock.now

  @Test("waits between the base and three times the wait before, up to the cap")
  func waits() {
    var outage = RetryPolicy.Outage(policy)
    var waits: [Duration] = []
    for _ in 0..<6 { waits.append(outage.wait(now: start, random: 1) ?? .zero) }
    #expect(
      waits == [
        .milliseconds(300), .milliseconds(900), .milliseconds(2700), .milliseconds(8100), .seconds(10),
        .seconds(10),
      ])
    #expect(outage.wait(now: start, random: 0) == .milliseconds(100))
  }

  @Test("never waits less than the base, nor longer than the cap, whatever the dice say")
  func bounds() {
    for seed in 0..<50 {
      var outage = RetryPolicy.Outage(policy)
      for step in 0..<30 {
        let wait = outage.wait(now: start, random: Double((seed * 31 + step * 17) % 100) / 100)
        #expect(wait.map { $0 >= policy.base && $0 <= policy.cap } == true)
      }
    }
  }

  @Test("ends an outage when the budget is used up, and not before")
  func budget() {
    var outage = RetryPolicy.Outage(policy)
    #expect(outage.wait(now: start, random: 0.5) != nil)
    // The last wait is cut to what is left.
    #expect(outage.wait(now: start + .milliseconds(59_950), random: 0.5) == .milliseconds(50))
    #expect(outage.wait(now: start + .seconds(60), random: 0.5) == nil)
    #expect(outage.wait(now: start + .seconds(600), random: 0.5) == nil)
  }

  @Test("begins anew after a success")
  func success() {
    var outage = RetryPolicy.Outage(policy)
    for _ in 0..<5 { _ = outage.wait(now: start, random: 1) }
    outage.end()
    #expect(outage.wait(now: start + .seconds(3600), random: 1) == .milliseconds(300))
    #expect(outage.wait(now: start + .seconds(3650), random: 1) != nil)
  }

  @Test("with no budget tries nothing again")
  func none() {
    var outage = RetryPolicy.Outage(RetryPolicy(budget: .zero))
    #expect(outage.wait(now: start, random: 0.5) == nil)
  }
}

@Suite("Trying again") struct RetryRunTests {
  private let policy = RetryPolicy(budget: .seconds(60), base: .microseconds(1), cap: .microseconds(10))
  private let interrupt = Interrupt()

  private func error(_ kind: PostgresError.Kind) -> PostgresError {
    PostgresError(kind: kind, side: .target, operation: "testing", message: "no")
  }

  /// The failures before each attempt, and how many waits there were.
  private func course(
    _ policy: RetryPolicy, failing kinds: [PostgresError.Kind]
  ) -> (attempts: [Int], waits: Int, error: PostgresError.Kind?) {
    var attempts: [Int] = []
    var waits = 0
    do throws(PostgresError) {
      try policy.run(interrupt) { failures throws(PostgresError) in
        attempts.append(failures)
        if attempts.count <= kinds.count { throw error(kinds[attempts.count - 1]) }
      } isWorthRetrying: {
        $0.kind == .connectionLost
      } waiting: { _ throws(PostgresError) in
        waits += 1
      }
      return (attempts, waits, nil)
    } catch {
      return (attempts, waits, error.kind)
    }
  }

  @Test("goes on until it succeeds, with a wait for each failure") func succeeds() {
    let course = course(policy, failing: [.connectionLost, .connectionLost])
    #expect(course == ([0, 1, 2], 2, nil))
  }

  @Test("ends with the first failure that time doesn't heal") func permanent() {
    #expect(course(policy, failing: [.connectionLost, .connectionFailed]) == ([0, 1], 1, .connectionFailed))
  }

  @Test("doesn't count what was given up for a suspension") func suspended() {
    #expect(course(policy, failing: [.suspended, .connectionLost, .suspended]) == ([0, 0, 1, 1], 1, nil))
  }

  @Test("ends without a wait where there is no budget") func budget() {
    #expect(
      course(RetryPolicy(budget: .zero), failing: [.connectionLost]) == ([0], 0, .connectionLost))
  }
}

@Suite("Waiting before another try") struct PauseTests {
  private let control = RunControl(interrupt: Interrupt(), parallelism: 1)

  private func duration(of wait: Duration, unless isNeedless: () -> Bool = { false }) -> Duration {
    let began = ContinuousClock.now
    control.pause(wait, unless: isNeedless)
    return .now - began
  }

  @Test("takes its time") func whole() { #expect(duration(of: .milliseconds(250)) >= .milliseconds(250)) }

  @Test("ends when it is needless") func needless() {
    var looks = 0
    let taken = duration(of: .seconds(60)) {
      looks += 1
      return looks > 2
    }
    #expect(taken < .seconds(30))
  }

  @Test("ends when the run is to stop, by a signal or by itself") func stopping() {
    control.halt(.diskFull(.target))
    #expect(duration(of: .seconds(60)) < .seconds(30))
    let other = RunControl(interrupt: Interrupt(), parallelism: 1)
    other.interrupt.advance(to: .draining)
    other.pause(.seconds(60)) { false }
  }

  @Test("the first reason to stop stays") func reasons() {
    control.halt(.diskFull(.source))
    control.halt(.taskFailed)
    #expect(control.haltReason == .diskFull(.source))
  }
}
