#include <launcher/batch/slurm_reasons.hpp>
#include <launcher/batch/text.hpp>

namespace hecaton::launcher::batch {

namespace {

struct SlurmReason {
    std::string_view begin;  ///< of the word
    std::string_view end;    ///< for families: "QOSMax" ... "Limit"
    std::string_view meant;
};

// The first that fits counts, so a longer one stands before its own beginning.
constexpr SlurmReason slurm_reasons[] = {
    {"Resources", "",
     "It is the next one, as soon as enough nodes are free. Fewer nodes or a shorter time start earlier."},
    {"Priority", "",
     "Jobs with a higher priority come before it. It may fit into a gap when its time limit is shorter."},
    {"DependencyNeverSatisfied", "",
     "A job that it comes after can never end as wanted, so it will never start: cancel it and submit it again."},
    {"Dependency", "", "It starts when the jobs that it comes after (--after) have ended."},
    {"BeginTime", "", "Its start time is not there yet. After a requeue Slurm waits for about two minutes."},
    {"JobHeldUser", "", "You have held it: `scontrol release ID` lets it go."},
    {"JobHeldAdmin", "",
     "An administrator holds it, or it failed to start too often: only the site's support can let it go."},
    {"ReqNodeNotAvail", "",
     "Nodes that it needs are down, drained or reserved, often for a maintenance that begins before its time would be "
     "over. A shorter time limit may end before that."},
    {"NodeDown", "", "A node that it needs is down: ask for no special node, or wait."},
    {"NodeNotAvail", "", "A node that it needs is not available: ask for no special node, or wait."},
    {"PartitionNodeLimit", "",
     "It asks for more nodes than its partition allows: `sinfo` shows how many; submit it again with fewer."},
    {"PartitionTimeLimit", "",
     "Its time limit is longer than its partition allows: `sinfo -o '%P %l'` shows how long; submit it again with "
     "less."},
    {"PartitionDown", "", "The partition is down: nothing starts there until the site lets it."},
    {"PartitionInactive", "", "The partition starts no jobs at present: wait, or use another one."},
    {"PartitionConfig", "",
     "The partition can never start it as it is: more nodes, cores, memory or time than there are. Ask for less."},
    {"MaxMemPerLimit", "", "It asks for more memory than the site allows for a node or core: ask for less."},
    {"BadConstraints", "", "No node can ever fulfil what it asks for: cancel it and ask for less."},
    {"AccountNotAllowed", "", "Its account may not use that partition: another account or partition."},
    {"QOSNotAllowed", "", "Its QoS may not be used in that partition: another QoS or partition."},
    {"InvalidAccount", "", "Its account is not known: `sacctmgr show assoc user=$USER` lists yours."},
    {"InvalidQOS", "",
     "Its QoS is not known, or not yours: `sacctmgr show assoc user=$USER format=account,qos` lists them."},
    {"Licenses", "", "It waits for a licence that others use."},
    {"Reservation", "", "Its reservation has not begun, or has nothing free."},
    {"Cleaning", "", "It was requeued, and Slurm still cleans up after its last run."},
    {"Prolog", "", "The site's preparation of its nodes is under way."},
    {"JobArrayTaskLimit", "", "As many tasks of the array run as the number after % allows at the same time."},
    {"QOSMaxJobs", "Limit", "As many of your jobs run as the QoS allows: it starts when one ends."},
    {"QOSMaxSubmit", "Limit", "You have as many jobs in the queue as the QoS allows."},
    {"QOSMaxWall", "Limit", "Its time limit is longer than the QoS allows: submit it again with less."},
    {"QOSMax", "PerUserLimit",
     "Your running jobs use as much as the QoS allows one user: it starts when enough of them have ended, or with "
     "less."},
    {"QOSMax", "PerUser",
     "Your running jobs use as much as the QoS allows one user: it starts when enough of them have ended, or with "
     "less."},
    {"QOSMax", "PerAccountLimit",
     "The account's running jobs use as much as the QoS allows: it starts when some have ended."},
    {"QOSMax", "Limit",
     "It asks for more than the QoS allows one job: submit it again with less, or with another QoS."},
    {"QOSMax", "", "It asks for more than the QoS allows one job: submit it again with less, or with another QoS."},
    {"QOSMin", "", "It asks for less than the QoS wants a job to use: ask for more, or use another QoS."},
    {"QOSGrp", "", "All jobs of that QoS together use as much as it allows: it starts when some of them have ended."},
    {"QOSJobLimit", "", "As many jobs of the QoS run as it allows: it starts when one ends."},
    {"QOSTimeLimit", "", "The QoS has used up its time."},
    {"QOSResourceLimit", "", "The QoS has reached one of its limits: `sacctmgr show qos` shows them."},
    {"QOSUsageThreshold", "", "The account has used too little or too much for that QoS: another QoS."},
    {"AssocMaxJobs", "Limit", "As many jobs of your account run as it allows: it starts when one ends."},
    {"AssocMaxWall", "Limit", "Its time limit is longer than your account allows: submit it again with less."},
    {"AssocMax", "", "It asks for more than your account allows one job: submit it again with less."},
    {"AssocGrpCPUMinutes", "", "The account's computing time is used up: ask for more, or use another account."},
    {"AssocGrpBilling", "", "The account's budget is used up: ask for more, or use another account."},
    {"AssocGrp", "",
     "All jobs of your account together use as much as it allows: it starts when some of them have ended."},
    {"AssociationJobLimit", "", "As many jobs of your account run as it allows: it starts when one ends."},
    {"AssociationTimeLimit", "", "The account's computing time is used up."},
    {"AssociationResourceLimit", "", "Your account has reached one of its limits."},
    {"FrontEndDown", "", "The front end that starts jobs is down: wait for the site."},
    {"launch failed requeued held", "",
     "Its start failed on a node, so Slurm holds it. `scontrol release ID` tries again; tell the site when it fails "
     "again."},
    {"launch_failed_requeued_held", "",
     "Its start failed on a node, so Slurm holds it. `scontrol release ID` tries again; tell the site when it fails "
     "again."},
    {"job requeued in held state", "", "It was requeued and is held: `scontrol release ID` lets it go."},
    {"job_requeued_in_held_state", "", "It was requeued and is held: `scontrol release ID` lets it go."},
    {"InactiveLimit", "", "It did nothing for as long as the site allows."},
    {"JobLaunchFailure", "",
     "It could not be started: a file system that the node lacks, or a program that is not there."},
    {"NonZeroExitCode", "", "It ended with a status that is not 0; its log says why."},
    {"RaisedSignal", "", "A signal ended it; its log says more."},
    {"OutOfMemory", "", "It used more memory than it had asked for: ask for more (--mem), or fewer ranks on a node."},
    {"SystemFailure", "", "Slurm itself failed, or its file system or network."},
    {"TimeLimit", "", "Its time was over: ask for more (--time), or let it go on by itself (--restarts)."},
    {"DeadLine", "", "Its deadline has passed."},
    {"WaitingForScheduling", "", "Slurm has not looked at it yet."},
    {"SchedDefer", "", "Slurm looks at it with the next round."},
};

}  // namespace

std::string slurm_reason(std::string_view reason) {
    while (!reason.empty() && reason.front() == '(') reason.remove_prefix(1);
    for (const SlurmReason& known : slurm_reasons)
        if (reason.starts_with(known.begin) && (known.end.empty() || reason.find(known.end) != std::string_view::npos))
            return std::string(known.meant);
    return "";
}

}  // namespace hecaton::launcher::batch
