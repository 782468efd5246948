import TestServers
import TestTraits
import Testing

@Suite("A report in a browser", .needsServer, .needsChromium) struct ReportInBrowserTests {
  @Test("runs its script, and has nothing to complain of and nothing to load", arguments: TestServer.one)
  func quiet(server: TestServer) async throws {
    let migration = try await Migration.on(server, setup: QueueStateTests.setup)
    try await migration.run("stage", "--until", "2024-02-01")
    try await migration.copyAndVerify()
    let directory = try ScratchDirectory()
    try await migration.run("report", "-o", "\(directory.path)/report.html")
    let seen = try await Chromium.look(at: "\(directory.path)/report.html")
    #expect(seen.console == [])
    let pictures = seen.elements.split(separator: "<svg").filter { $0.contains("data-chunks=") }
    #expect(pictures.count == 1)
    // The script lets the keys move from chunk to chunk.
    #expect(pictures.allSatisfy { $0.prefix { $0 != ">" }.contains("tabindex=\"0\"") })
  }

  @Test("would be heard to complain, and seen to load") func loud() async throws {
    let directory = try ScratchDirectory()
    try directory.write(
      """
      <!DOCTYPE html><html><head><meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
      script-src 'unsafe-inline'"></head><body><img src="http://example.com/x.png">
      <script>undefinedFunction()</script></body></html>
      """, to: "page.html")
    let seen = try await Chromium.look(at: "\(directory.path)/page.html")
    #expect(seen.console.contains { $0.contains("undefinedFunction is not defined") }, "\(seen.console)")
    #expect(seen.console.contains { $0.contains("http://example.com/x.png") }, "\(seen.console)")
  }
}
