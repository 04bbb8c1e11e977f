// JobPlace: where this process is among the ranks of its job: on which node, and the how-manieth there.
#pragma once

namespace hecaton::detail {

struct JobPlace {
    int local_rank = -1;  ///< among the ranks of its node, from 0; -1 where it is not known
    int local_size = 0;   ///< of them; 0 where it is not known
    int node = -1;        ///< among the nodes that have ranks, from 0; -1 where it is not known
    int nodes = 0;        ///< of them; 0 where it is not known
    bool known() const { return local_rank >= 0 && local_size > 0 && node >= 0 && nodes > 0; }
    bool operator==(const JobPlace&) const = default;
};

/// This process's, since MPI was started.
const JobPlace& job_place() noexcept;
void set_job_place(const JobPlace& place) noexcept;

}  // namespace hecaton::detail
