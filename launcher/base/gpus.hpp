// The GPUs of a machine, and each rank's share of them, as the variables of CUDA, ROCm and oneAPI name them.
#pragma once

#include <hecaton/launch/environment.hpp>
#include <string>
#include <utility>
#include <vector>

namespace hecaton::launcher {

/// Devices as one variable names them: "2", "GPU-8a5f...".
struct GpuList {
    std::string variable;
    std::vector<std::string> devices;
};

/// The devices that a job may use on a machine. Where several variables name them, their lists are about the same ones.
struct Gpus {
    std::vector<GpuList> lists = {};
    std::string source = {};   ///< where they were found: "CUDA_VISIBLE_DEVICES=2,3", "/dev/nvidia*"; empty: nowhere
    bool behind_rocr = false;  ///< the other variables count the devices that ROCR_VISIBLE_DEVICES leaves

    int count() const;
};

/// Those that the scheduler or the user has named in `environment`, else those of /dev. The variable
/// HECATON_PRETEND_GPUS is for tests: the folder that stands for / when files are looked for.
Gpus gpus(const detail::launch::Variables& environment);

/// The variables of the rank that is the `place`-th of its machine, from 0, with `each` devices. Nothing where there
/// are too few.
std::vector<std::pair<std::string, std::string>> share_of(const Gpus& found, int place, int each);

/// The line about `ranks` ranks on `machine` that want `each` devices, where it has `count`.
std::string too_few_gpus(int ranks, int each, const std::string& machine, int count);
/// Throws Refusal with that line where there are too few.
void refuse_too_few_gpus(int ranks, int each, const std::string& machine, int count);

}  // namespace hecaton::launcher
