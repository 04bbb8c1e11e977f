// The files of the folder page/, which are put into the program when it is built.
#pragma once

#include <string_view>

namespace hecaton::launcher::report {

extern const std::string_view page_html;    ///< with {{NAME}} where the others go
extern const std::string_view page_style;   ///< CSS
extern const std::string_view page_script;  ///< JavaScript

}  // namespace hecaton::launcher::report
