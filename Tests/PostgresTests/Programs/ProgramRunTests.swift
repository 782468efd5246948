import Foundation
import Postgres
import Synchronization
import TestServers
import Testing
import Waiting

/// With the shell in place of PostgreSQL's programs.
@Suite("A client program") struct ProgramRunTests {
  private final class Heard: Sendable {
    private let lines = Mutex<[ProgramLine]>([])
    var all: [String] { lines.withLock { $0.map { "\($0.program): \($0.text)" } } }
    func hear(_ line: ProgramLine) { lines.withLock { $0.append(line) } }
  }

  private func call(_ script: String, name: String = "sh", _ environment: [String: String] = [:])
    -> ProgramCall
  {
    ProgramCall(
      name: name, path: "/bin/sh", arguments: ["-c", script],
      environment: ["PATH": "/usr/bin:/bin"].merging(environment) { $1 })
  }

  private func run(_ interrupt: Interrupt = Interrupt(), _ heard: Heard = Heard()) -> ProgramRun {
    ProgramRun(interrupt: interrupt) { heard.hear($0) }
  }

  @Test("gives its output, says its lines, and has its environment and nothing else") func output()
    async throws
  {
    let heard = Heard()
    let run = run(Interrupt(), heard)
    let call = call(
      "echo one >&2; env | grep -c . ; printf 'two\\n\\nthree' >&2; echo $SECRET", ["SECRET": "s"])
    let output = try await DedicatedThread.run { () throws(ProgramFailure) in try run.output(of: call) }
    let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
    // PATH, SECRET, and what the shell itself adds (PWD, perhaps SHLVL and _).
    #expect((3...5).contains(Int(lines[0]) ?? 0))
    #expect(lines[1] == "s")
    #expect(heard.all == ["sh: one", "sh: two", "sh: three"])
  }

  @Test("that fails is known by its exit status, with its last words") func failure() async {
    let run = run()
    let (fails, dies) = (call("echo why >&2; exit 3"), call("kill -9 $$"))
    let missing = ProgramCall(name: "x", path: "/nonexistent/x", arguments: [], environment: [:])
    await #expect(throws: ProgramFailure.exited(program: "sh", code: 3, lines: ["why"])) {
      try await DedicatedThread.run { () throws(ProgramFailure) in try run.output(of: fails) }
    }
    await #expect(throws: ProgramFailure.killed(program: "sh", signal: 9, lines: [])) {
      try await DedicatedThread.run { () throws(ProgramFailure) in try run.output(of: dies) }
    }
    await #expect(
      throws: ProgramFailure.notStarted(
        program: "x", path: "/nonexistent/x", reason: "No such file or directory")
    ) {
      try await DedicatedThread.run { () throws(ProgramFailure) in try run.output(of: missing) }
    }
  }

  @Test("hands all to the next one, however much it is") func pipe() async throws {
    let directory = try ScratchDirectory()
    let run = run()
    let first = call("head -c 3000000 /dev/zero; echo end")
    let second = call("cat > '\(directory.path)/out'")
    try await DedicatedThread.run { () throws(ProgramFailure) in try run.pipe(first, into: second) }
    let written = try #require(FileManager.default.contents(atPath: directory.path + "/out"))
    #expect(written.count == 3_000_004)
  }

  /// `cat` would call what it got the whole.
  @Test("that fails in the middle doesn't look complete to the one that reads") func brokenPipe() async throws
  {
    let directory = try ScratchDirectory()
    let run = run()
    let first = call("echo half; echo why >&2; exit 1", name: "first")
    let second = call("cat > /dev/null && touch '\(directory.path)/complete'", name: "second")
    await #expect(throws: ProgramFailure.exited(program: "first", code: 1, lines: ["why"])) {
      try await DedicatedThread.run { () throws(ProgramFailure) in try run.pipe(first, into: second) }
    }
    #expect(!FileManager.default.fileExists(atPath: directory.path + "/complete"))
  }

  @Test("that stops reading is the one that failed") func refusingReader() async {
    let run = run()
    let first = call("head -c 3000000 /dev/zero", name: "first")
    let second = call("head -c 10 > /dev/null; echo full >&2; exit 4", name: "second")
    await #expect(throws: ProgramFailure.exited(program: "second", code: 4, lines: ["full"])) {
      try await DedicatedThread.run { () throws(ProgramFailure) in try run.pipe(first, into: second) }
    }
  }

  @Test("is ended when the run is asked to stop") func stopping() async throws {
    let interrupt = Interrupt()
    let heard = Heard()
    let run = run(interrupt, heard)
    let call = call("echo $$ >&2; exec sleep 1000")
    let ending = Task {
      _ = await #expect(throws: ProgramFailure.stopped(program: "sh")) {
        try await DedicatedThread.run { () throws(ProgramFailure) in try run.output(of: call) }
      }
    }
    while heard.all.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    interrupt.advance(to: .draining)
    await ending.value
    let pid = try #require(pid_t(heard.all[0].dropFirst(4)))
    #expect(kill(pid, 0) == -1)
  }
}

@Suite("The search for client programs") struct ProgramSearchTests {
  @Test("takes the first that may be run, and where a directory is named no other") func find() throws {
    let (first, second) = (try ScratchDirectory(), try ScratchDirectory())
    try first.write("", to: "pg_dump")
    try second.write("", to: "pg_dump")
    chmod(second.path + "/pg_dump", 0o700)
    let path = "\(first.path)::\(second.path)"
    #expect(ProgramSearch(directory: nil, path: path).find(.pgDump) == second.path + "/pg_dump")
    #expect(ProgramSearch(directory: first.path, path: path).find(.pgDump) == nil)
    #expect(ProgramSearch(directory: nil, path: path).find(.pgRestore) == nil)
  }

  @Test(
    "reads the version",
    arguments: [
      ("pg_dump (PostgreSQL) 18.1 (Debian 18.1-1)\n", 18, "18.1 (Debian 18.1-1)"),
      ("pg_restore (PostgreSQL) 19beta1\n", 19, "19beta1"),
    ])
  func version(answer: String, major: Int, version: String) throws {
    let found = try #require(FoundProgram(.pgDump, path: "/x", answer: answer))
    #expect(found.major == major && found.version == version)
    #expect(FoundProgram(.pgDump, path: "/x", answer: "what?") == nil)
  }
}
