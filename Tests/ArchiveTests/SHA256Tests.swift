import Testing

@testable import Archive

/// https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values
@Suite("SHA-256") struct SHA256Tests {
  struct Vector: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let digest: String
  }

  private static let vectors = [
    Vector(
      testDescription: "nothing", bytes: [],
      digest: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    Vector(
      testDescription: "abc", bytes: Array("abc".utf8),
      digest: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    Vector(
      testDescription: "two blocks once padded",
      bytes: Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
      digest: "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
    Vector(
      testDescription: "a million times a", bytes: Array(repeating: UInt8(ascii: "a"), count: 1_000_000),
      digest: "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    Vector(
      testDescription: "55 zeros", bytes: Array(repeating: 0, count: 55),
      digest: "02779466cdec163811d078815c633f21901413081449002f24aa3e80f0b88ef7"),
    Vector(
      testDescription: "64 zeros", bytes: Array(repeating: 0, count: 64),
      digest: "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b"),
  ]

  @Test("is NIST's", arguments: vectors)
  func digest(vector: Vector) {
    var digest = SHA256()
    vector.bytes.withUnsafeBytes { digest.append($0) }
    #expect(digest.finished() == vector.digest)
  }

  @Test("is the same however the bytes are cut", arguments: [1, 7, 63, 64, 65, 200])
  func pieces(size: Int) {
    let vector = Self.vectors[3]
    let bytes = vector.bytes.prefix(10_000)
    var (whole, cut) = (SHA256(), SHA256())
    Array(bytes).withUnsafeBytes { whole.append($0) }
    for start in stride(from: 0, to: bytes.count, by: size) {
      Array(bytes[start..<min(start + size, bytes.count)]).withUnsafeBytes { cut.append($0) }
    }
    #expect(cut.finished() == whole.finished())
  }
}
