/// A column of a type, its value in the row of number `n`, and how to change it as little as the type allows.
struct TamperedColumn: Sendable {
  let name: String
  let type: String
  let value: String
  let change: String
  /// No two rows of a chunk have the same value, so that two rows may exchange theirs.
  var isDistinct = true

  static let all = [
    TamperedColumn(name: "small", type: "int2", value: "n % 30000", change: "small # 1::int2"),
    TamperedColumn(name: "number", type: "int4", value: "n", change: "number + 1"),
    TamperedColumn(name: "big", type: "int8", value: "n::int8 * 1000000007", change: "big - 1"),
    TamperedColumn(name: "single", type: "float4", value: "n / 7.0", change: "single * 1.0000002"),
    TamperedColumn(
      name: "double", type: "float8", value: "n / 7.0::float8", change: "double * 1.0000000000000004"),
    TamperedColumn(name: "exact", type: "numeric", value: "n / 7.0", change: "exact + 1e-30"),
    TamperedColumn(name: "words", type: "text", value: "'row ' || n", change: "words || ' '"),
    TamperedColumn(name: "letters", type: "char(9)", value: "'r' || n", change: "upper(letters)"),
    TamperedColumn(name: "flag", type: "bool", value: "n % 2 = 0", change: "NOT flag", isDistinct: false),
    TamperedColumn(
      name: "moment", type: "timestamptz", value: "timestamptz '2020-01-01 00:00Z' + n * interval '1 second'",
      change: "moment + interval '1 microsecond'"),
    TamperedColumn(name: "day", type: "date", value: "date '2020-01-01' + n", change: "day - 1"),
    TamperedColumn(
      name: "span", type: "interval", value: "n * interval '1 minute'",
      change: "span + interval '1 microsecond'"),
    TamperedColumn(
      name: "document", type: "jsonb", value: "jsonb_build_object('n', n)",
      change: #"document || '{"x": null}'"#),
    TamperedColumn(
      name: "bytes", type: "bytea", value: "decode(md5(n::text), 'hex')",
      change: "set_byte(bytes, 15, get_byte(bytes, 15) # 1)"),
    TamperedColumn(name: "key", type: "uuid", value: "md5(n::text)::uuid", change: "md5(key::text)::uuid"),
    TamperedColumn(name: "list", type: "int[]", value: "ARRAY[n, NULL, 3]", change: "list || NULL::int"),
    TamperedColumn(
      name: "address", type: "inet", value: "inet '10.0.0.0' + n", change: "set_masklen(address, 31)"),
    TamperedColumn(
      name: "during", type: "int4range", value: "int4range(n, n + 10)",
      change: "int4range(lower(during), NULL)"),
  ]
}
