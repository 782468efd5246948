import Glibc
import Testing
import Waiting

@Suite("Interrupt", .timeLimit(.minutes(10))) struct InterruptTests {
  @Test("begins running") func start() {
    #expect(Interrupt().stage == .running)
  }

  @Test("goes forward only", arguments: [Interrupt.Stage.running, .draining, .cancelled])
  func forward(to stage: Interrupt.Stage) {
    for before in [Interrupt.Stage.running, .draining, .cancelled] {
      let interrupt = Interrupt()
      interrupt.advance(to: before)
      interrupt.advance(to: stage)
      #expect(interrupt.stage == max(before, stage))
    }
  }

  @Test("goes forward only, whoever asks at the same time") func race() async {
    let interrupt = Interrupt()
    await withTaskGroup(of: Void.self) { group in
      for stage in [Interrupt.Stage.draining, .cancelled, .running, .draining] {
        group.addTask {
          await DedicatedThread.run {
            var last = interrupt.stage
            for _ in 0..<5000 {
              interrupt.advance(to: stage)
              let now = interrupt.stage
              #expect(now >= last && now >= stage)
              last = now
            }
          }
        }
      }
    }
    #expect(interrupt.stage == .cancelled)
  }

  @Test("wakes every waiter when cancelled, not when draining") func wakes() async {
    let interrupt = Interrupt()
    interrupt.advance(to: .draining)
    guard case .timedOut = wait(on: [], interrupt: interrupt, milliseconds: 20) else {
      Issue.record("draining woke a waiter")
      return
    }
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<4 {
        group.addTask {
          await DedicatedThread.run {
            if case .interrupted = wait(on: [], interrupt: interrupt, milliseconds: -1) {
              true
            } else {
              false
            }
          }
        }
      }
      group.addTask {
        interrupt.advance(to: .cancelled)
        return true
      }
      for await woken in group { #expect(woken) }
    }
  }

  @Test("stays readable for those who wait later") func later() {
    let interrupt = Interrupt()
    interrupt.advance(to: .cancelled)
    for _ in 0..<2 {
      guard case .interrupted = wait(on: [], interrupt: interrupt, milliseconds: -1) else {
        Issue.record("not woken")
        return
      }
    }
  }

  /// A pipe holds 64 kB; a write to a full one would wait for ever.
  @Test("can be cancelled any number of times") func often() {
    let interrupt = Interrupt()
    for _ in 0..<100_000 { interrupt.advance(to: .cancelled) }
    #expect(interrupt.stage == .cancelled)
  }

  @Test("ends a sleep") func sleep() async {
    let interrupt = Interrupt()
    let clock = ContinuousClock()
    let slept = clock.measure { interrupt.sleep(.milliseconds(30)) }
    #expect(slept >= .milliseconds(25))
    async let asleep: Void = DedicatedThread.run { interrupt.sleep(.seconds(1_000_000)) }
    interrupt.advance(to: .cancelled)
    await asleep
    #expect(clock.measure { interrupt.sleep(.seconds(1_000_000)) } < .seconds(10))
  }

  @Test("gives its descriptors back") func descriptors() {
    var interrupts = (0..<20).map { _ in Interrupt() }
    let descriptors = interrupts.map(\.descriptor)
    #expect(descriptors.allSatisfy { fcntl($0, F_GETFD) & FD_CLOEXEC != 0 })
    interrupts = []
    // Other tests may have got one of the numbers meanwhile, but hardly all.
    #expect(descriptors.contains { fcntl($0, F_GETFD) == -1 })
  }
}
