import TestServers
import TestTraits
import Testing

extension TestServer {
  /// The TimescaleDB version that UUIDv7 time dimensions came with.
  var hasUUIDDimensions: Bool { timescaleVersion >= TimescaleVersion(2, 22, 0) }

  /// The TimescaleDB version from which on the owner of a chunk may build its indexes after loading.
  var putsIndexesOff: Bool { timescaleVersion >= TimescaleVersion(2, 22, 0) }
}

extension Trait where Self == Needs {
  /// There is a server at all.
  static var needsServer: Self { .needs(TestServer.all) }

  /// There is one of the Community edition. The tests' arguments have to be of it, such as `TestServer.communityEnds`.
  static var needsCommunity: Self { .needs(TestServer.community) }
}
