// Views of jobs as text: the list of the batch system `local`, and what another one has said last.
#pragma once

#include <string>
#include <vector>

#include <launcher/batch/states.hpp>

namespace hecaton::launcher::batch {

/// A line for one job.
std::string view_line(const View& view);
/// All jobs of such lines; what is no such line is left out.
std::vector<View> views_in(const std::string& text);

}  // namespace hecaton::launcher::batch
