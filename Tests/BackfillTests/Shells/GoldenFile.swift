import Foundation

/// What a text was agreed to be. A file is made anew with the built program, and read:
///
///     B=.build/debug/timescaledb-backfill G=Tests/BackfillTests/Golden
///     for topic in check schema stage copy verify refresh-caggs 'jobs off' 'jobs on' 'jobs list' status report export import clean \
///         migrate load topics; do
///       $B help $topic >$G/${topic/ /-}.txt; done; $B help >$G/main.txt; $B help --man >$G/man.1
///     for shell in bash zsh fish; do $B help --completions $shell >$G/completions.$shell; done
enum GoldenFile {
  static func text(_ name: String) throws -> String {
    let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: here.appendingPathComponent("Golden/\(name)"), encoding: .utf8)
  }
}
