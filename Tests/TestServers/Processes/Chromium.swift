import Foundation

/// Chromium without a window, for looking at a page as a browser sees it.
public enum Chromium {
  /// nil where none is installed.
  public static let path = InstalledProgram.path(
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

  /// A page after its scripts have run.
  public struct Seen: Sendable {
    /// Its elements as they are then.
    public let elements: String
    /// What it said on the console: its errors, and what was refused to be loaded.
    public let console: [String]
  }

  /// - Parameter width: the window's, in CSS pixels.
  /// - Throws: `HarnessError` where there is none, or it fails.
  public static func look(at page: String, width: Int = 1280) async throws -> Seen {
    guard let path else { throw HarnessError("chromium is not installed") }
    let directory = try ScratchDirectory()
    let (output, errors) = (try ScratchFile(), try ScratchFile())
    let ending = try await Gate.programs.pass {
      let child = try ChildProcess.start(
        [
          path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
          "--disable-background-networking", "--disable-component-update", "--disable-sync",
          "--user-data-dir=\(directory.path)", "--host-resolver-rules=MAP * ~NOTFOUND",
          "--window-size=\(width),900", "--enable-logging=stderr", "--log-level=0",
          "--virtual-time-budget=2000", "--dump-dom",
          "file://\(page)",
        ],
        environment: ["PATH": "/usr/bin:/bin", "HOME": directory.path], output: .writing(output.path),
        errors: .writing(errors.path))
      return try await child.ending(within: .seconds(240), doing: "chromium")
    }
    guard ending == .exited(0) else { throw HarnessError("chromium: \(ending)\n\(errors.text)") }
    let console = errors.text.split(separator: "\n").filter { $0.contains(":CONSOLE") }.map(String.init)
    return Seen(elements: output.text, console: console)
  }
}
