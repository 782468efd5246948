import Foundation

/// The command blocks of README.md, as a person would copy them.
struct Readme {
  /// A block between ```sh and ```, with the section that it is in.
  struct Block {
    let section: String
    let commands: String
  }

  let blocks: [Block]

  init() throws {
    var root = URL(fileURLWithPath: #filePath)
    for _ in 1...4 { root.deleteLastPathComponent() }
    let text = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
    var section = ""
    var open: [Substring]?
    var found: [Block] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if let lines = open {
        open = line == "```" ? nil : lines + [line]
        if open == nil {
          found.append(Block(section: section, commands: lines.joined(separator: "\n") + "\n"))
        }
      } else if line == "```sh" {
        open = []
      } else if line.hasPrefix("## ") {
        section = String(line.dropFirst(3))
      }
    }
    blocks = found
  }

  func commands(of section: String) -> [String] {
    blocks.filter { $0.section == section }.map(\.commands)
  }
}
