import TestServers
import Testing

@Suite(.timeLimit(.minutes(10)))
struct BackfillProcessTests {
  /// A shell stands in for the binary.
  private let shell = BackfillProcess(environment: ["GREETING": "hello"], binary: "/bin/sh")

  @Test("tells output, errors and exit code apart")
  func outcome() async throws {
    let outcome = try await shell.run(["-c", "echo $GREETING; echo no >&2; exit 3"])
    #expect(outcome.exitCode == 3)
    #expect(outcome.stdout == "hello\n")
    #expect(outcome.stderr == "no\n")
  }

  @Test("passes a signal on and tells of an ending by signal")
  func signal() async throws {
    let running = try shell.start(["-c", "echo ready; exec sleep 60"])
    try await running.waitUntilOutput(contains: "ready")
    await running.signal(15)
    #expect(try await running.wait(limit: .seconds(60)).ending == .signaled(15))
  }

  @Test("more output than a pipe holds does not stop the process")
  func muchOutput() async throws {
    let outcome = try await shell.run(["-c", "seq 1 100000; seq 1 100000 >&2"])
    #expect(outcome.stdout.hasSuffix("100000\n"))
    #expect(outcome.stderr.hasSuffix("100000\n"))
  }

  @Test("a process that outlives its limit is an error")
  func limit() async throws {
    await #expect(throws: HarnessError.self) {
      _ = try await shell.run(["-c", "sleep 60"], limit: .milliseconds(100))
    }
  }

  @Test("text that never comes is an error once the process has ended")
  func neverWritten() async throws {
    let running = try shell.start(["-c", "echo other"])
    await #expect(throws: HarnessError.self) {
      try await running.waitUntilOutput(contains: "text")
    }
  }

  @Test("a terminal has a size, and Ctrl-C reaches the process")
  func terminal() async throws {
    let script =
      "trap 'echo caught; exit 130' INT; test -t 1 && stty size; while :; do sleep 0.05; done"
    let running = try shell.start(["-c", script], terminal: Terminal(columns: 101, rows: 33))
    try await running.waitUntilOutput(contains: "33 101\r\n")
    try await running.type("\u{3}")
    let outcome = try await running.wait(limit: .seconds(60))
    #expect(outcome.exitCode == 130)
    #expect(outcome.stdout.contains("caught"))
  }
}
