// What the environment says about a rank's place in its job (JobPlace).
#pragma once

#include <hecaton/job/job_place.hpp>
#include <hecaton/launch/environment.hpp>

namespace hecaton::detail::launch {

/// As the variables of mpirun, Hydra or srun tell it. The node is not among them where there are several, except with
/// srun.
JobPlace place_by_engine(const Variables& environment);

/// As HECATON_LOCAL_RANK, HECATON_LOCAL_SIZE, HECATON_NODE and HECATON_NODES tell it; not known where they are those of
/// the rank that has started this process.
JobPlace told_place(const Variables& environment);

/// Sets these variables, for this process and those that it starts.
void tell_place(const JobPlace& place);

}  // namespace hecaton::detail::launch
