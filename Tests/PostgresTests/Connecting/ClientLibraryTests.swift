import Testing

@testable import Postgres

@Suite("The client library")
struct ClientLibraryTests {
  private let map = """
    55d0c8a00000-55d0c8a10000 r--p 00000000 fe:00 100    /opt/tools/libpq.so/backfill
    7f0c3a000000-7f0c3a010000 rw-p 00000000 00:00 0
    7f0c3a200000-7f0c3a20e000 r--p 00000000 fe:00 1234   /opt/my tools/lib/timescaledb-backfill/libpq.so.5
    7f0c3a20e000-7f0c3a300000 r-xp 0000e000 fe:00 1234   /opt/my tools/lib/timescaledb-backfill/libpq.so.5
    """

  @Test("is the file that the kernel has mapped")
  func path() {
    #expect(ClientLibrary.path(in: map) == "/opt/my tools/lib/timescaledb-backfill/libpq.so.5")
    #expect(ClientLibrary.path(in: "7f0c3a000000-7f0c3a010000 rw-p 00000000 00:00 0") == nil)
  }

  @Test("of this process is one that is supported")
  func loaded() {
    let library = ClientLibrary.loaded(map: map)
    #expect(library.isBundled)
    #expect((library.version.split(separator: ".").first.flatMap { Int($0) } ?? 0) >= 13)
    #expect(ClientLibrary.loaded(map: nil).path == nil)
  }
}
