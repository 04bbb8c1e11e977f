// Where the recording of a run goes, and what is made of it where no launcher does that.
#pragma once

#include <string>

namespace hecaton::detail::launch {

/// The file that the environment wants the recording in; empty: none is wanted. HECATON_RECORDING names it; where no
/// launcher has set that, HECATON_REPORT and HECATON_TRACE name what is to be made of it. Once, on rank 0.
std::string recording_file();

/// After the run, where recording_file() has found the latter: makes them, by the launcher, and removes the
/// recording. Where that is not possible it stays, and a line says how to.
void make_report() noexcept;

}  // namespace hecaton::detail::launch
