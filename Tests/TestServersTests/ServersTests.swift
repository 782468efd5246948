import Testing

@testable import TestServers

@Suite("The servers a test is given") struct ServersTests {
  private static func server(_ version: TimescaleVersion, community: Bool, postgres: Int = 17) -> TestServer {
    TestServer(
      pgMajor: postgres, timescaleVersion: version, isCommunity: community,
      installation: Installation(binDirectory: "/nowhere/\(version)"))
  }

  private static let apache = server(TimescaleVersion(2, 19, 3), community: false)
  private static let old = server(TimescaleVersion(2, 22, 1), community: true, postgres: 15)
  private static let new = server(TimescaleVersion(2, 29, 2), community: true, postgres: 18)
  private static let newestOfAll = server(TimescaleVersion(2, 31, 0), community: false, postgres: 18)
  private static let found = [apache, old, new, newestOfAll]

  @Test("meet all of its needs, and no other does") func needs() {
    #expect(Array(Servers(.all, from: Self.found)) == Self.found)
    #expect(Array(Servers(.all, .community, from: Self.found)) == [Self.old, Self.new])
    #expect(Array(Servers(.all, .community, .since(2, 23), from: Self.found)) == [Self.new])
    #expect(Array(Servers(.all, .since(2, 22, 1), .before(2, 29, 2), from: Self.found)) == [Self.old])
    #expect(Array(Servers(.all, .apache, .postgres(18), from: Self.found)) == [Self.newestOfAll])
  }

  @Test("are the oldest and the newest that fit, of the Community edition where there is one") func ends()
    throws
  {
    #expect(Array(Servers(.ends, from: Self.found)) == [Self.apache, Self.new])
    #expect(Array(Servers(.ends, .community, from: Self.found)) == [Self.old, Self.new])
    #expect(Array(Servers(.ends, .community, from: [Self.old])) == [Self.old])
    #expect(Array(Servers(.ends, from: [Self.apache, Self.newestOfAll])) == [Self.apache, Self.newestOfAll])
    #expect(Array(Servers(.newest, from: Self.found)) == [Self.new])
    #expect(try Servers(.all, from: [Self.apache]).newest() == Self.apache)
  }

  @Test("are none where no server fits, and it is said what is needed") func none() {
    let servers = Servers(.ends, .community, .since(2, 23), from: [Self.apache, Self.old])
    #expect(servers.isEmpty)
    #expect(servers.reason.hasPrefix("needs TimescaleDB's Community edition"))
    #expect(servers.reason.hasSuffix("and TimescaleDB 2.23.0 or later"))
    #expect(throws: HarnessError.self) { try servers.newest() }
  }
}
