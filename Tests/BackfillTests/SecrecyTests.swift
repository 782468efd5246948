import TestConnections
import Testing

@testable import backfill

/// SplitMix64: the same numbers for the same seed, on every machine.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

@Suite("No secret is told")
struct SecrecyTests {
  private static let secret = "hunter2"

  /// Connection strings, good and bad, with the secret in them.
  private static let connections = [
    "postgresql://me:hunter2@host/db", "postgres://me:hunter2", "host=h password=hunter2", "hunter2 x=",
    "password='hunter2", "postgresql://me:%zz@hunter2/", "pass\"hunter2\"word", "\"hunter2", "hunter2",
    "postgresql://h/db?password=hunter2&bogus=hunter2", "host=h hunter2=x", "-hunter2", "--hunter2=x",
  ]
  private static let words =
    Subcommand.allCases.map(\.name) + Option.allCases.map { "--\($0.long)" }
    + Option.allCases.compactMap { $0.short.map { "-\($0)" } }
    + [
      "--", "-", "", "-UD", "-UDf", "-u-5", "-5", "--until=x", "--bogus", "-x", "=", "--=", "\u{301}", "é=",
      "\0",
    ]

  private static func commandLine(_ generator: inout SeededGenerator) -> [String] {
    var line: [String] = []
    for _ in 0..<Int.random(in: 0...8, using: &generator) {
      let connection = connections.randomElement(using: &generator) ?? ""
      switch Int.random(in: 0..<8, using: &generator) {
      case 0: line += ["--source", connection]
      case 1: line += ["--target", connection]
      case 2: line.append("--source=\(connection)")
      case 3: line.append("--target=\(connection)")
      case 4: line.append(String(words.randomElement(using: &generator)?.dropLast() ?? ""))
      default: line.append(words.randomElement(using: &generator) ?? "")
      }
    }
    return line
  }

  @Test("by any command line, however wrong", arguments: [1, 2, 3, 4] as [UInt64])
  func fuzz(seed: UInt64) {
    var generator = SeededGenerator(state: seed)
    var refused = 0
    for _ in 0..<5000 {
      let line = Self.commandLine(&generator)
      let variable = Self.connections.randomElement(using: &generator) ?? ""
      let environment = Bool.random(using: &generator) ? ["BACKFILL_TARGET": variable] : [:]
      do throws(UsageError) {
        let invocation = try CommandLineParser.parse(line, environment: environment)
        // A user name or host may be shown; what libpq takes for a password may not.
        #expect(!told(invocation).contains("password"), "\(line)")
      } catch {
        refused += 1
        #expect(!"\(error.message) \(error.hint ?? "")".contains(Self.secret), "\(line)")
      }
    }
    #expect(refused > 1000)
  }

  typealias Shell = Case<[String], String>

  static let slips: [Shell] = [
    Shell("an option's name mistyped", ["copy", "--sorce=postgres://me:hunter2@h"], "--sorce"),
    Shell("one dash", ["copy", "-source=postgres://me:hunter2@h"], "-s"),
    Shell("no option's name", ["copy", "postgres://me:hunter2@h"], "argument 2"),
    Shell("no quotes", ["copy", "--source", "host=h", "password=hunter2"], "argument 4"),
    Shell("a password with a space", ["copy", "--source", "host=h password=my", "hunter2"], "argument 4"),
    Shell("first word", ["--source", "host=h password=my", "hunter2", "copy"], "argument 3"),
    Shell("an option made of it", ["copy", "--postgres://me:hunter2@h"], "argument 2"),
    Shell("as the parallelism", ["copy", "-p", "host=h password=hunter2"], "argument 3"),
  ]

  @Test("by the slips of a shell", arguments: slips)
  func slip(shell: Shell) {
    let error = usageError(shell.input)
    #expect(error?.message.contains(shell.expected) == true)
    #expect(error?.message.contains("hunter2") == false)
    #expect(error?.hint?.contains("hunter2") != true)
  }
}
