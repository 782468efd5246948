import TestServers
import TestTraits
import Testing

@testable import backfill

@Suite("Completions")
struct CompletionTests {
  @Test("are as agreed", arguments: Shell.allCases)
  func agreed(shell: Shell) throws {
    let agreed = try GoldenFile.text("completions.\(shell.rawValue)")
    #expect(HelpTopic.completions(shell).text == agreed)
  }

  @Test("have every subcommand, option and topic", arguments: Shell.allCases)
  func complete(shell: Shell) {
    let words = Set(
      shell.completions.split { !$0.isLetter && !$0.isNumber && $0 != "-" }.map { word in
        String(word.drop { $0 == "-" })
      })
    #expect(
      Subcommand.allCases.flatMap { $0.name.split(separator: " ") }.filter { !words.contains(String($0)) }
        == [])
    #expect(Option.allCases.filter { !words.contains($0.long) } == [])
    #expect(ManualPage.all.filter { !words.contains($0.topic) } == [])
  }

  @Test("for bash are what it reads", .needsProgram("bash", package: "bash"))
  func bash() async throws { try await expectReadable(.bash) }

  @Test("for zsh are what it reads", .needsProgram("zsh", package: "zsh"))
  func zsh() async throws { try await expectReadable(.zsh) }

  @Test("for fish are what it reads", .needsProgram("fish", package: "fish"))
  func fish() async throws { try await expectReadable(.fish) }

  private func expectReadable(_ shell: Shell) async throws {
    let directory = try ScratchDirectory()
    try directory.write(shell.completions, to: "completions")
    let ran = try await InstalledProgram.run([shell.rawValue, "-n", "completions"], in: directory)
    #expect(ran.ending == .exited(0))
    #expect(ran.output == "")
  }

  struct Line: Sendable, CustomTestStringConvertible {
    var typed: String
    var offered: [String]

    init(_ typed: String, _ offered: [String]) {
      self.typed = typed
      self.offered = offered
    }

    var testDescription: String { typed }
  }

  /// What is offered where the cursor stands at the end of a line.
  private static let lines = [
    Line("co", ["copy"]),
    Line("refresh", ["refresh-caggs"]),
    Line("jobs ", ["off", "on", "list"]),
    Line("jobs of", ["off"]),
    Line("copy --paral", ["--parallelism"]),
    Line("copy --parallelism ", ["auto"]),
    Line("copy -p a", ["auto"]),
    Line("copy --parallelism 16 --keep", ["--keep-indexes"]),
    Line("jobs on --stag", ["--stagger"]),
    Line("help --completions ", ["bash", "zsh", "fish"]),
    Line("help exit", ["exit-codes"]),
    Line("help jobs o", ["off", "on"]),
    // A value is no subcommand, and may be anything.
    Line("--filter copy verify --sam", ["--sample"]),
    Line("stage --source postgresql://me:clean@host/db?x=y --adopt", ["--adopt-source"]),
    Line("stage --until ", []),
    Line("stage --filter co", []),
    Line("nonsense --qui", []),
    Line("report --output my", ["my page.html"]),
    Line("schema --pg-bin b", ["bin"]),
  ]

  @Test(
    "are offered by bash", .needsProgram("bash", package: "bash"),
    arguments: lines + [
      // bash's own: what is there is not offered again, unless it may be repeated; and = divides words.
      Line("copy --json --js", ["--json-progress"]),
      Line("stage --until 1 --unt", ["--until"]),
      Line("copy --parallelism=a", ["auto"]),
      Line("copy --parallelism=", ["auto"]),
      Line("report --output=my", ["my page.html"]),
      Line("copy --source 'host=h user=verify' --again --diff", ["--differing"]),
    ])
  func bashOffers(line: Line) async throws {
    let directory = try scratchDirectory(.bash)
    let script = """
      source ./completions
      COMP_LINE="timescaledb-backfill $1" COMP_POINT=$((21 + ${#1}))
      IFS=$' \\n=:@' read -ra COMP_WORDS <<<"$COMP_LINE"
      COMP_CWORD=${#COMP_WORDS[@]}
      _timescaledb_backfill
      for word in "${COMPREPLY[@]}"; do echo "$word"; done
      complete -p backfill timescaledb-backfill >/dev/null
      """
    let ran = try await InstalledProgram.run(["bash", "-uc", script, "bash", line.typed], in: directory)
    #expect(ran.ending == .exited(0))
    #expect(ran.output.split(separator: "\n").map(String.init) == line.offered)
  }

  @Test("are offered by fish", .needsProgram("fish", package: "fish"), arguments: lines)
  func fishOffers(line: Line) async throws {
    let directory = try scratchDirectory(.fish)
    let script = "source ./completions; complete -C \"timescaledb-backfill $typed\""
    let ran = try await InstalledProgram.run(
      ["fish", "--no-config", "-c", script], in: directory, environment: ["typed": line.typed])
    #expect(ran.ending == .exited(0))
    // Each with what it does, and directories with a slash.
    let offered = ran.output.split(separator: "\n").map { line in
      String(line.prefix { $0 != "\t" && $0 != "/" })
    }
    #expect(offered.sorted() == line.offered.sorted())
  }

  private func scratchDirectory(_ shell: Shell) throws -> ScratchDirectory {
    let directory = try ScratchDirectory()
    try directory.write(shell.completions, to: "completions")
    try directory.write("", to: "my page.html")
    try directory.makeDirectory("bin")
    return directory
  }
}
