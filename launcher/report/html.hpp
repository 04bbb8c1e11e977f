// The report as a page of HTML: one file, which asks for no other one.
#pragma once

#include <string>

#include <launcher/report/figures/model.hpp>

namespace hecaton::launcher::report {

/// The whole page.
std::string html_page(const Recording& recording, const Model& model);

/// `text` for an element or an attribute.
std::string html_escaped(std::string_view text);

}  // namespace hecaton::launcher::report
