/*
 * The peer of test/bench/packets: voice over one point-to-point link in ns-3. A number of flows, each a UDP datagram of 182 B payload
 * (210 B with UDP and IPv4 headers) every 20 ms, evenly staggered, into a link with a rate, a delay and a drop-tail queue. The traffic-control
 * layer is taken away, so that the device's queue is the only one, as in deadair. Prints one line of JSON.
 *
 *   g++ -O2 -std=c++17 ns3-udp.cc -o ns3-udp -lns3-applications -lns3-point-to-point -lns3-internet -lns3-traffic-control -lns3-network -lns3-core
 *   ./ns3-udp --flows=100 --seconds=100 --rateKbps=10000 --delayMs=20 --queuePackets=100
 */
#include "ns3/applications-module.h"
#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/point-to-point-module.h"
#include "ns3/traffic-control-module.h"

#include <sys/resource.h>

#include <chrono>
#include <iostream>

using namespace ns3;

static double CpuSeconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

int main(int argc, char* argv[]) {
  uint32_t flows = 100;
  uint32_t seconds = 100;
  uint32_t rateKbps = 10000;
  uint32_t delayMs = 20;
  uint32_t queuePackets = 100;
  std::string scheduler = "ns3::MapScheduler";
  CommandLine arguments(__FILE__);
  arguments.AddValue("flows", "voice flows of 50 packets a second", flows);
  arguments.AddValue("seconds", "simulated seconds of talk", seconds);
  arguments.AddValue("rateKbps", "rate of the link", rateKbps);
  arguments.AddValue("delayMs", "delay of the link", delayMs);
  arguments.AddValue("queuePackets", "packets that the queue holds", queuePackets);
  arguments.AddValue("scheduler", "type of the event queue", scheduler);
  arguments.Parse(argc, argv);
  ObjectFactory factory;
  factory.SetTypeId(scheduler);
  Simulator::SetScheduler(factory);

  NodeContainer nodes;
  nodes.Create(2);
  PointToPointHelper link;
  link.SetDeviceAttribute("DataRate", DataRateValue(DataRate(uint64_t(rateKbps) * 1000)));
  link.SetChannelAttribute("Delay", TimeValue(MilliSeconds(delayMs)));
  link.SetQueue("ns3::DropTailQueue<Packet>", "MaxSize", QueueSizeValue(QueueSize(QueueSizeUnit::PACKETS, queuePackets)));
  NetDeviceContainer devices = link.Install(nodes);
  InternetStackHelper().Install(nodes);
  Ipv4AddressHelper addresses;
  addresses.SetBase("10.0.0.0", "255.255.255.0");
  Ipv4InterfaceContainer interfaces = addresses.Assign(devices);
  TrafficControlHelper().Uninstall(devices);

  const uint16_t firstPort = 10000;
  std::vector<Ptr<UdpServer>> servers;
  for (uint32_t flow = 0; flow < flows; flow++) {
    UdpServerHelper server(firstPort + flow);
    ApplicationContainer listening = server.Install(nodes.Get(1));
    servers.push_back(server.GetServer());
    UdpClientHelper client(interfaces.GetAddress(1), firstPort + flow);
    client.SetAttribute("MaxPackets", UintegerValue(seconds * 50));
    client.SetAttribute("Interval", TimeValue(MilliSeconds(20)));
    client.SetAttribute("PacketSize", UintegerValue(182));
    client.Install(nodes.Get(0)).Start(MicroSeconds(uint64_t(20000) * flow / flows));
  }

  Simulator::Stop(Seconds(seconds + 10));
  const auto begin = std::chrono::steady_clock::now();
  const double cpuBegin = CpuSeconds();
  Simulator::Run();
  const double cpu = CpuSeconds() - cpuBegin;
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
  uint64_t received = 0;
  for (const auto& server : servers) received += server->GetReceived();
  std::cout << "{\"sent\":" << uint64_t(flows) * seconds * 50 << ",\"delivered\":" << received
            << ",\"events\":" << Simulator::GetEventCount() << ",\"wallS\":" << wall.count() << ",\"cpuS\":" << cpu
            << "}" << std::endl;
  Simulator::Destroy();
  return 0;
}
