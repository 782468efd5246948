import Foundation
import Synchronization

/// What the manual's page `json` says of documents and lines: the members of each object, and of which type each is.
/// Compares what the program wrote with that, and keeps a record of what has been seen.
public struct DocumentedJSON {
  public struct Member: Hashable, Sendable {
    /// As the page names it; several kinds of lines may have one heading.
    let object: String
    /// `tasks.all` is two.
    let path: [String]
    let type: String
    let mayBeNull: Bool
  }

  private let objects: [String: [Member]]
  /// Members that had a value somewhere.
  private var seen: Set<Member> = []

  /// - Parameter page: the text of the page. An object has a heading of its own (`A task:`, `copy:`, `Lines of began:`), and
  ///   below it, indented by two, lines of names, a type and what it means.
  public init(page: String) {
    objects = Self.read.withLock { read in
      if let objects = read[page] { return objects }
      let objects = Self.objects(of: page)
      read[page] = objects
      return objects
    }
  }

  /// Pages that have been read: it takes as long as a whole command of the program, and hundreds of tests want the same.
  private static let read = Mutex<[String: [String: [Member]]]>([:])

  private static func objects(of page: String) -> [String: [Member]] {
    var objects: [String: [Member]] = [:]
    var current: [String] = []
    for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
      if let names = Self.objects(under: line) {
        current = names
      } else if let member = line.firstMatch(
        of: /^  (?<names>[a-z][a-z_.]*(, [a-z_.]+)*) +(?<type>[a-z\[\]]+)(?<null>\??)(  |$)/)
      {
        for object in current {
          for name in member.names.split(separator: ", ") {
            objects[object, default: []].append(
              Member(
                object: current.joined(separator: ", "), path: name.split(separator: ".").map(String.init),
                type: String(member.type),
                mayBeNull: !member.null.isEmpty))
          }
        }
      } else if !line.isEmpty, !line.hasPrefix(" ") {
        current = []
      }
    }
    return objects
  }

  private static func objects(under line: Substring) -> [String]? {
    if line == "Members of every document:" { return ["document"] }
    if line == "Members of every line:" { return ["line"] }
    if let lines = line.wholeMatch(of: /Lines of ([a-z, ]+):/) {
      return lines.output.1.split(separator: ", ").map { "line \($0)" }
    }
    if let object = line.wholeMatch(of: /(A|An|The) ([a-z]+):/) { return [String(object.output.2)] }
    return line.wholeMatch(of: /([a-z-]+( [a-z]+)?):/).map { [String($0.output.1)] }
  }

  /// The names of all objects, and of what stands at the top.
  public var names: Set<String> { Set(objects.keys) }

  /// What the page has that was never seen with a value.
  public var unseen: [String] {
    Set(objects.values.joined()).subtracting(seen).map { "\($0.object): \($0.path.joined(separator: "."))" }
      .sorted()
  }

  /// - Parameter hasWorked: the subcommand's own members are there.
  /// - Returns: how a document differs from what the page says.
  public mutating func complaints(aboutDocument text: String, hasWorked: Bool) -> [String] {
    guard let value = JSONValue(text) else { return ["no JSON: \(text)"] }
    let command = value["command"]?.text ?? "none"
    return complaints(about: value, as: hasWorked ? ["document", command] : ["document"], at: command)
  }

  /// - Returns: how lines differ from what the page says.
  public mutating func complaints(aboutLines text: String) -> [String] {
    text.split(separator: "\n").flatMap { line -> [String] in
      guard let value = JSONValue(String(line)), let event = value["event"]?.text else {
        return ["no line of JSON: \(line)"]
      }
      return complaints(about: value, as: ["line", "line \(event)"], at: event)
    }
  }

  private mutating func complaints(about value: JSONValue, as names: [String], at place: String) -> [String] {
    let unknown = names.filter { objects[$0] == nil }
    guard unknown.isEmpty else { return ["\(place): nothing is said of \(unknown)"] }
    return complaints(about: value, names.flatMap { objects[$0] ?? [] }.map { ($0, $0.path[...]) }, at: place)
  }

  /// - Parameter members: with what is left of their paths.
  private mutating func complaints(
    about value: JSONValue, _ members: [(Member, ArraySlice<String>)], at place: String
  ) -> [String] {
    guard case .object(let found) = value else { return ["\(place): no object"] }
    let documented = Dictionary(grouping: members) { $0.1.first ?? "" }
    var complaints = Set(found.keys).symmetricDifference(documented.keys).sorted().map {
      "\(place).\($0): \(found[$0] == nil ? "is missing" : "is not documented")"
    }
    for (name, members) in documented {
      guard let value = found[name] else { continue }
      let place = "\(place).\(name)"
      if members.count == 1, let (member, path) = members.first, path.count == 1 {
        complaints += self.complaints(about: value, member, at: place)
      } else {
        complaints += self.complaints(about: value, members.map { ($0, $1.dropFirst()) }, at: place)
      }
    }
    return complaints
  }

  private mutating func complaints(about value: JSONValue, _ member: Member, at place: String) -> [String] {
    if case .null = value { return member.mayBeNull ? [] : ["\(place): is null"] }
    seen.insert(member)
    guard member.type.hasPrefix("[") else { return complaints(about: value, type: member.type, at: place) }
    guard case .array(let elements) = value else { return ["\(place): no array"] }
    let type = String(member.type.dropFirst().dropLast())
    return elements.enumerated().flatMap { index, element in
      complaints(about: element, type: type, at: "\(place)[\(index)]")
    }
  }

  private mutating func complaints(about value: JSONValue, type: String, at place: String) -> [String] {
    let isRight: Bool
    switch (type, value) {
    case ("text", .text), ("number", .number), ("point", .number), ("flag", .flag): isRight = true
    case ("time", .text(let text)): isRight = Self.isTime(text)
    case ("point", .text(let text)):
      isRight = Self.isTime(text) || text.wholeMatch(of: /-?\d{4,}-\d\d-\d\d/) != nil
    case ("text", _), ("number", _), ("flag", _), ("time", _), ("point", _): isRight = false
    default: return complaints(about: value, as: [type], at: place)
    }
    return isRight ? [] : ["\(place): \(value) is no \(type)"]
  }

  private static func isTime(_ text: String) -> Bool {
    text.wholeMatch(of: /-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/) != nil
  }
}
