import TestConnections
import Testing

@testable import TimescaleDB

@Suite("TimescaleDB versions") struct TimescaleVersionTests {
  @Test(
    "are read as three numbers",
    arguments: [
      Case("release", "2.29.2", [2, 29, 2]), Case("two digits", "2.14.10", [2, 14, 10]),
      Case("development", "2.30.0-dev", [2, 30, 0]), Case("no patch", "2.19", [2, 19, 0]),
      Case("candidate", "2.19.0-rc1", [2, 19, 0]), Case("a word behind", "2.19.3 (build 5)", [2, 19, 3]),
    ])
  func numbers(_ row: Case<String, [Int]>) throws {
    let version = try #require(TimescaleVersion(row.input))
    #expect([version.major, version.minor, version.patch] == row.expected)
    #expect(version.description == row.input)
  }

  @Test(
    "of another form are none",
    arguments: ["", "2", "2.", "x.1", "two.nine", "99999999999999999999.1", "-1.2"])
  func nonsense(_ text: String) {
    #expect(TimescaleVersion(text) == nil)
  }

  @Test("are ordered as numbers, not as texts") func order() throws {
    let texts = ["2.9.0", "2.14.2", "2.19.0", "2.19.10", "2.20.0", "3.0.0", "10.0.0"]
    let versions = try texts.map { try #require(TimescaleVersion($0)) }
    #expect(versions.shuffled().sorted().map(\.description) == texts)
  }

  @Test(
    "are at least another",
    arguments: [
      Case("equal", "2.26.4", true), Case("later patch", "2.26.5", true), Case("later minor", "2.27.0", true),
      Case("later major", "3.0.0", true), Case("earlier patch", "2.26.3", false),
      Case("earlier minor with later patch", "2.25.9", false), Case("earlier major", "1.99.9", false),
    ])
  func atLeast(_ row: Case<String, Bool>) {
    #expect(TimescaleVersion(row.input)?.isAtLeast(2, 26, 4) == row.expected)
  }

  @Test("with a suffix are the release they lead to") func suffix() throws {
    let development = try #require(TimescaleVersion("2.30.0-dev"))
    let release = try #require(TimescaleVersion("2.30.0"))
    #expect(development == release)
    #expect(development.hashValue == release.hashValue)
    #expect(development.description != release.description)
  }
}
