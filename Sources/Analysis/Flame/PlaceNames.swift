import Pprof

extension Profile {
  /// The profile with a function for each place, named as reports name places: with address, file and line as far as
  /// they are told apart.
  var namedByPlace: Profile {
    var named = self
    named.functions = []
    for location in locations.indices {
      for line in locations[location].lines.indices {
        let place = locations[location].lines[line]
        var function = functions[place.function]
        let file = function.filename.isEmpty ? "" : SlashPath.clean(function.filename)
        let frame = Frame(
          name: function.name, address: locations[location].address, file: file, line: place.line,
          column: place.column)
        function.id = UInt64(named.functions.count + 1)
        function.name = frame.printableName
        named.locations[location].lines[line].function = named.functions.count
        named.functions.append(function)
      }
    }
    return named
  }
}
