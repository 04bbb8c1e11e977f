// The data inside the HTML page, as compact JSON. The page's script has the other end of this: page/data.js.
#pragma once

#include <string>

#include <launcher/report/figures/model.hpp>

namespace hecaton::launcher::report {

/// Of at most `most_bytes`, as far as can be: then pieces are merged more coarsely. `<` is escaped, so that the text
/// can stand inside of a script element.
std::string page_data(const Recording& recording, const Model& model, std::size_t most_bytes = 1'700'000);

/// The name of the program, without folders.
std::string title_of(const Recording& recording);

}  // namespace hecaton::launcher::report
