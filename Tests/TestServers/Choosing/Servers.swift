/// The servers that a test is given, by what it needs. The only place where they are chosen:
///
///     @Test("rows arrive", .needs(TestServer.communityEnds), arguments: TestServer.communityEnds)
///
/// gives a test the servers, or reports it as skipped and says what it needs.
public struct Servers: RandomAccessCollection, Sendable {
  /// How many of those that meet the needs are taken.
  public enum Extent: Sendable {
    case all
    /// The oldest and the newest TimescaleDB.
    case ends
    /// The newest TimescaleDB, of the Community edition if there is one.
    case newest
  }

  private let chosen: [TestServer]
  /// Why there is none, if there is none.
  public let reason: String

  public init(_ extent: Extent, _ needs: Need..., from found: [TestServer] = TestServer.found) {
    let fit = found.filter { server in needs.allSatisfy { $0.isMet(server) } }
    let newest = fit.last(where: \.isCommunity) ?? fit.last
    chosen =
      switch extent {
      case .all: fit
      case .ends: fit.prefix(1) + (newest.map { $0 == fit.first ? [] : [$0] } ?? [])
      case .newest: newest.map { [$0] } ?? []
      }
    reason =
      needs.isEmpty
      ? "needs a PostgreSQL with TimescaleDB (scripts/test installs Debian's; BACKFILL_TEST_PGBIN names others)"
      : "needs " + needs.map(\.description).joined(separator: " and ")
  }

  public var startIndex: Int { chosen.startIndex }
  public var endIndex: Int { chosen.endIndex }
  public subscript(position: Int) -> TestServer { chosen[position] }

  /// The newest, for a test that isn't repeated for each.
  ///
  /// - Throws: `HarnessError` with the reason when there is none.
  public func newest() throws -> TestServer {
    guard let server = chosen.last(where: \.isCommunity) ?? chosen.last else { throw HarnessError(reason) }
    return server
  }
}

extension TestServer {
  /// Every server this machine offers, oldest TimescaleDB first.
  public static let all = Servers(.all)
  /// For what hardly depends on the version: the oldest and the newest.
  public static let ends = Servers(.ends)
  /// For what doesn't depend on it: the newest, of the Community edition if there is one.
  public static let one = Servers(.newest)
  /// Those of the Community edition.
  public static let community = Servers(.all, .community)
  /// The oldest and the newest of the Community edition.
  public static let communityEnds = Servers(.ends, .community)
  /// The oldest and the newest of the Community edition whose client programs run on this machine.
  public static let communityEndsWithClients = Servers(.ends, .community, .clients)
  /// The newest whose client programs run on this machine, where they see the files that the program names to them.
  public static let oneWithClients = Servers(.newest, .clients)
  public static let oneCommunity = Servers(.newest, .community)
  /// Those of the Apache edition.
  public static let apache = Servers(.all, .apache)
  /// The newest whose PostgreSQL is built with TLS; some builds are not.
  public static let oneWithTLS = Servers(.newest, .tls)

  /// The one for tests where one version is enough.
  public static let newest: TestServer? = one.first
}
