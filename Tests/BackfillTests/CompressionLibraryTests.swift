import Loading
import Postgres
import Testing

@testable import backfill

@Suite("Libraries that compress")
struct CompressionLibraryTests {
  @Test(
    "are told of in the version's details, in the version that is loaded", arguments: Compression.allCases)
  func told(compression: Compression) throws {
    let details = Version.details(ClientLibrary(version: "18.1", security: nil, path: nil))
    let lines = details.filter { $0.split(separator: " ").first == compression.library[...] }
    #expect(lines.count == 1)
    #expect(lines.first?.hasSuffix(" " + compression.libraryVersion) == true, "\(lines)")
    let map = try TextFile.read("/proc/self/maps")
    let file = compression == .zstd ? "/libzstd.so." : "/libz.so."
    #expect(map.contains(part: file + compression.libraryVersion), "\(lines)")
  }
}
