import ChunkCatalog
import Loading
import Postgres

/// What is to be done about earlier loads of the same files into the same table: a pure value.
enum LoadDecision {
  /// A new load, and these are forgotten.
  case begin(forgetting: [Int64])
  /// This one goes on.
  case resume(RecordedLoad)
  case refuse(LoadFinding)

  /// - Parameters:
  ///   - recorded: loads into the table that any of the files is an input of.
  ///   - files: as they are now.
  ///   - wanted: the load as it would be recorded now.
  init(_ recorded: [RecordedLoad], files: [InputIdentity], wanted: RecordedLoad, isAgain: Bool) {
    let paths = Set(files.map(\.path))
    let same = recorded.filter { Set($0.inputs.map(\.path)) == paths }
    if let other = recorded.first(where: { load in !load.isEnded && !same.contains { $0.id == load.id } }) {
      self = .refuse(.otherFiles(begun: other.inputs.map(\.path)))
    } else if isAgain {
      self = .begin(forgetting: same.map(\.id))
    } else if let begun = same.first(where: { !$0.isEnded }) {
      self = Self.resumption(begun, files: files, wanted: wanted)
    } else {
      let ended = recorded.filter(\.isEnded)
      let loaded = files.filter { file in ended.contains { $0.hasLoaded(file) } }
      self = loaded.isEmpty ? .begin(forgetting: []) : .refuse(.loadedBefore(loaded.map(\.path)))
    }
  }

  private static func resumption(
    _ begun: RecordedLoad, files: [InputIdentity], wanted: RecordedLoad
  ) -> LoadDecision {
    for file in files {
      guard let input = begun.inputs.first(where: { $0.path == file.path })?.identity else { continue }
      let differences = file.differences(from: input)
      if !differences.isEmpty { return .refuse(.changedFile(path: file.path, differences)) }
    }
    let changed = LoadFinding.ChangedOption.all(begun: begun.options, now: wanted.options)
    guard changed.isEmpty else { return .refuse(.otherOptions(changed)) }
    guard begun.relation == wanted.relation else { return .refuse(.table(.changed(begun.table))) }
    return .resume(begun)
  }
}

extension RecordedInput {
  fileprivate var identity: InputIdentity? {
    guard let size, let modified, let head, let tail else { return nil }
    return InputIdentity(path: path, size: size, modified: modified, head: head, tail: tail)
  }
}

extension RecordedLoad {
  /// Whether a file's contents, as far as they are looked at, are in: a file of that name that has other ones is new.
  fileprivate func hasLoaded(_ file: InputIdentity) -> Bool {
    inputs.contains { input in
      input.path == file.path && input.size == file.size && input.head == file.head && input.tail == file.tail
    }
  }
}

extension LoadFinding.ChangedOption {
  /// What is different between two lists of `name=value`.
  static func all(begun: [String], now: [String]) -> [LoadFinding.ChangedOption] {
    func values(_ options: [String]) -> [String: String] {
      let pairs = options.map { option -> (String, String) in
        let name = option.prefix { $0 != "=" }
        return (String(name), String(option.dropFirst(name.count + 1)))
      }
      return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }
    let (begun, now) = (values(begun), values(now))
    return Set(begun.keys).union(now.keys).sorted().compactMap { name in
      let (old, new) = (begun[name] ?? "", now[name] ?? "")
      return old.hasSameBytes(as: new) ? nil : LoadFinding.ChangedOption(name: name, begun: old, now: new)
    }
  }
}
