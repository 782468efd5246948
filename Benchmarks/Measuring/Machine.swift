import Foundation

/// The machine the numbers come from, as far as it explains them.
struct Machine: Codable, Sendable {
  let processor: String
  let cores: Int
  let memory: Int
  let system: String
  let kernel: String

  static func read() -> Machine {
    Machine(
      processor: value(of: "model name", in: "/proc/cpuinfo", separator: ":") ?? "unknown processor",
      cores: ProcessInfo.processInfo.activeProcessorCount,
      memory: Int(ProcessInfo.processInfo.physicalMemory),
      system: value(of: "PRETTY_NAME", in: "/etc/os-release", separator: "=") ?? "Linux",
      kernel: text("/proc/sys/kernel/osrelease").trimmingCharacters(in: .whitespacesAndNewlines))
  }

  /// The load average of the last minute.
  static var loadAverage: Double {
    text("/proc/loadavg").split(separator: " ").first.flatMap { Double($0) } ?? .nan
  }

  var description: String {
    "\(processor), \(cores) cores, \(memory >> 30) GB, \(system), Linux \(kernel)"
  }

  private static func value(of key: String, in file: String, separator: Character) -> String? {
    let line = text(file).split(separator: "\n").first { $0.hasPrefix(key) }
    let value = line?.split(separator: separator, maxSplits: 1).last
    return value?.trimmingCharacters(in: CharacterSet(charactersIn: " \t\""))
  }

  private static func text(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }
}
