import Foundation
import Testing

@testable import backfill

@Suite("A word for a shell") struct ShellWordTests {
  @Test("stays as it is where a shell takes it so") func plain() {
    for word in ["2024-01-01T12:30:00Z", "public.readings=5000", "50MB", "/a/b,c", "10%"] {
      #expect(ShellWord.quoted(word) == word)
    }
  }

  @Test(
    "is read by a shell as it was",
    arguments: ["", "^public\\.(a|b)$", "it's", "'", "a b\n\tc", "$HOME `id` \"x\" \\", "ümlaut", "~/x", "#"])
  func quoted(word: String) throws {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "printf '%s|' x --filter=\(ShellWord.quoted(word))"]
    process.standardOutput = output
    try process.run()
    process.waitUntilExit()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(text == "x|--filter=\(word)|")
  }
}
