/// What is wrong with an archive, or with one of its files. A file is told by its name in the archive's directory.
public enum ArchiveFault: Error, Sendable, Equatable {
  /// The system refused something, with what it says of it.
  case refused(file: String, reason: String)
  /// No room is left for it.
  case full(file: String, reason: String)
  /// It isn't there, and has to be.
  case missing(file: String)
  /// Its bytes aren't those that its description is about: damaged, cut off, or another file's.
  case otherBytes(file: String)
  /// It can't be decompressed, as the library says.
  case undecodable(file: String, reason: String)
  /// A description or manifest that isn't as this program writes them.
  case unreadable(file: String, Text)
  /// It describes something else than what it is called by.
  case exchanged(file: String)
  /// It was written for another archive.
  case otherArchive(file: String)
  /// The columns that its rows have aren't those that the target's table takes.
  case columns(file: String, names: [String])
  /// It lacks the rows that its description tells of, or has more.
  case rows(file: String, described: Int64, found: Int64)
  /// Memory for compressing isn't to be had.
  case outOfMemory(file: String)

  /// What is wrong with a text.
  public enum Text: Sendable, Equatable {
    case noJSON
    /// Larger than any that this program writes.
    case tooLarge
    /// A member is missing, or isn't what it has to be.
    case member(String)
    case otherFormat(Int64)
    case otherKind(String)
  }

  public var file: String {
    switch self {
    case .refused(let file, _), .full(let file, _), .missing(let file), .otherBytes(let file),
      .undecodable(let file, _), .unreadable(let file, _), .exchanged(let file), .otherArchive(let file),
      .columns(let file, _), .rows(let file, _, _), .outOfMemory(let file):
      file
    }
  }
}
