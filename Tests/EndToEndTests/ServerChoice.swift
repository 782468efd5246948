import TestServers
import Testing

extension TestServer {
  /// For what doesn't depend on the version.
  static let one: [TestServer] = newest.map { [$0] } ?? []

  /// For what hardly does: the oldest and the newest.
  static let ends: [TestServer] = all.first.map { first in [first] + one.filter { $0 != first } } ?? []

  /// The same of the Community edition.
  static let communityEnds: [TestServer] =
    community.first.map { first in [first] + [community[community.count - 1]].filter { $0 != first } } ?? []

  /// The TimescaleDB version that UUIDv7 time dimensions came with.
  var hasUUIDDimensions: Bool { timescaleVersion >= TimescaleVersion(2, 22, 0) }

  /// The TimescaleDB version from which on the owner of a chunk may build its indexes after loading.
  var putsIndexesOff: Bool { timescaleVersion >= TimescaleVersion(2, 22, 0) }
}

extension Trait where Self == ConditionTrait {
  /// There is a server at all.
  static var needsServer: Self {
    .enabled(if: TestServer.newest != nil, Comment(rawValue: TestServer.noServerReason))
  }

  /// There is a server of the Community edition.
  static var needsCommunity: Self {
    .enabled(if: !TestServer.community.isEmpty, Comment(rawValue: TestServer.noCommunityReason))
  }
}
