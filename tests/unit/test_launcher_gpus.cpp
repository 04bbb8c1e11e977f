// The GPUs of a machine, and each rank's share of them.
#include <filesystem>
#include <fstream>
#include <string>
#include <support/catch.hpp>

#include <launcher/base/gpus.hpp>

using namespace hecaton::launcher;
namespace fs = std::filesystem;
using Share = std::vector<std::pair<std::string, std::string>>;

namespace {

// A folder that stands for /.
class Machine {
  public:
    Machine() {
        std::string name = fs::temp_directory_path() / "hecaton-gpus-XXXXXX";
        root_ = ::mkdtemp(name.data());
        fs::create_directories(root_ / "dev/dri");
    }
    ~Machine() { fs::remove_all(root_); }
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;

    void add(const std::string& file, const std::string& text = {}) const {
        fs::create_directories((root_ / file).parent_path());
        std::ofstream(root_ / file) << text;
    }
    void add_card(const std::string& node, const std::string& vendor) const {
        add("dev/dri/" + node);
        add("sys/class/drm/" + node + "/device/vendor", vendor + "\n");
    }
    Gpus look(hecaton::detail::launch::Variables environment = {}) const {
        environment["HECATON_PRETEND_GPUS"] = root_;
        return gpus(environment);
    }

  private:
    fs::path root_;
};

}  // namespace

TEST_CASE("GPUs that the scheduler or the user has named are divided as they are named") {
    const Machine none;
    const Gpus cuda = none.look({{"CUDA_VISIBLE_DEVICES", "2,3,GPU-8a5f-11,MIG-2"}});
    CHECK(cuda.count() == 4);
    CHECK(share_of(cuda, 0, 1) == Share{{"CUDA_VISIBLE_DEVICES", "2"}});
    CHECK(share_of(cuda, 1, 2) == Share{{"CUDA_VISIBLE_DEVICES", "GPU-8a5f-11,MIG-2"}});
    CHECK(share_of(cuda, 4, 1).empty());
    CHECK(share_of(cuda, -1, 1).empty());
    CHECK(none.look({{"ZE_AFFINITY_MASK", "0.0,0.1"}}).count() == 2);
    for (const char* list : {"", "-1", "NoDevFiles", ","})
        CHECK(none.look({{"CUDA_VISIBLE_DEVICES", list}}).count() == 0);
    CHECK(none.look({{"CUDA_VISIBLE_DEVICES", "0,-1,2"}}).count() == 1);

    const Gpus several = none.look({{"CUDA_VISIBLE_DEVICES", "0,1"}, {"ROCR_VISIBLE_DEVICES", "0,1"}});
    CHECK(share_of(several, 1, 1) == Share{{"ROCR_VISIBLE_DEVICES", "1"}, {"CUDA_VISIBLE_DEVICES", "1"}});
    const Gpus slurm = none.look({{"SLURM_JOB_GPUS", "4,6-7"}});
    CHECK(share_of(slurm, 2, 1) == Share{{"CUDA_VISIBLE_DEVICES", "7"}});
    CHECK(none.look().count() == 0);
}

TEST_CASE("GPUs in /dev") {
    const Machine machine;
    machine.add_card("renderD128", "0x8086");
    machine.add("dev/nvidiactl");
    machine.add("dev/dri/card0");
    CHECK(share_of(machine.look(), 0, 1) == Share{{"ZE_AFFINITY_MASK", "0"}});
    machine.add("dev/kfd");
    machine.add_card("renderD129", "0x1002");
    machine.add_card("renderD130", "0x1002");
    CHECK(machine.look().count() == 2);
    CHECK(share_of(machine.look(), 1, 1) == Share{{"ROCR_VISIBLE_DEVICES", "1"}});
    // What ROCm leaves is counted from 0 by HIP and OpenCL.
    const Gpus given = machine.look({{"ROCR_VISIBLE_DEVICES", "2,3"}, {"GPU_DEVICE_ORDINAL", "2,3"}});
    CHECK(share_of(given, 1, 1) == Share{{"ROCR_VISIBLE_DEVICES", "3"}, {"GPU_DEVICE_ORDINAL", "0"}});
    CHECK(share_of(machine.look({{"SLURM_STEP_GPUS", "5"}}), 0, 1) == Share{{"ROCR_VISIBLE_DEVICES", "5"}});
    for (const char* file : {"dev/nvidia0", "dev/nvidia1", "dev/nvidia2", "dev/nvidia-uvm"}) machine.add(file);
    CHECK(share_of(machine.look(), 1, 1) == Share{{"CUDA_VISIBLE_DEVICES", "1"}});
    CHECK(machine.look().count() == 3);
}

TEST_CASE("too few GPUs are told in a line") {
    CHECK(too_few_gpus(3, 2, "h2", 4) ==
          "--gpus-per-rank 2: 3 ranks on h2 need 6 GPUs, and it has 4: start fewer ranks on it, or give each fewer");
    CHECK(too_few_gpus(1, 1, "h2", 0).find("1 rank on h2 needs 1 GPU, and it has 0") != std::string::npos);
}
