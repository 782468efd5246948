import Postgres
import Testing

@testable import backfill

@Suite("Libraries that compress")
struct CompressionLibraryTests {
  @Test("are asked by the name of a function")
  func asked() {
    #expect(CompressionLibrary.answer(of: "gnu_get_libc_version")?.hasPrefix("2.") == true)
  }

  @Test("have no version where they aren't loaded")
  func missing() {
    #expect(CompressionLibrary.answer(of: "backfill_no_such_function") == nil)
  }

  @Test(
    "are told of in the version's details exactly where they are loaded",
    arguments: CompressionLibrary.allCases)
  func told(library: CompressionLibrary) throws {
    let details = Version.details(ClientLibrary(version: "18.1", security: nil, path: nil))
    let lines = details.filter { $0.split(separator: " ").first == library.rawValue[...] }
    let map = try TextFile.read("/proc/self/maps")
    let isLoaded = map.contains(part: library == .zstd ? "/libzstd.so." : "/libz.so.")
    #expect(lines.count == (isLoaded ? 1 : 0))
  }
}
